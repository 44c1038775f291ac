/** HTTP Basic as it came. The password is bytes: the keys of OCPP-J 1.6 are not text. */
export type BasicCredentials = { readonly user: string; readonly password: Buffer };

const colon = 0x3a;

/** Reads an Authorization header (RFC 7617); undefined for other schemes and for broken ones. */
export function parseBasic(header: string | undefined): BasicCredentials | undefined {
  const encoded = header === undefined ? undefined : /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const at = bytes.indexOf(colon);
  if (at === -1) return undefined;
  return { user: bytes.toString('utf8', 0, at), password: bytes.subarray(at + 1) };
}

/** Writes an Authorization header (RFC 7617) in UTF-8. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

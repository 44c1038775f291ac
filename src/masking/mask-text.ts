export const hidden = '[hidden]';

/*
 * Secrets and idTags inside running text: SOAP envelopes, OCPP-J frames, URLs, words. What is hidden goes by names: those
 * of XML elements and attributes, of JSON members, of the settings of ChangeConfiguration and GetConfiguration, of
 * parameters; also where JSON or XML stands escaped in another text, as in the data of a DataTransfer.
 */

const endings =
  'password|passphrase|passcode|passwd|pwd|psk|pin|secret|token|authori[sz]ation|credentials?|idtag|cookie|key';
const secretEnding = new RegExp(`(?:${endings})$`);
const secretNames = new Set(['pass', 'basic']);
/** GetConfiguration.conf lists its keys under names that end like a secret. */
const harmlessNames = new Set(['configurationkey', 'unknownkey']);

/** Names are few; what a peer's payload adds is not remembered beyond this many. */
const mostRemembered = 1000;
const remembered = new Map<string, boolean>();

/** True if what goes by this name must not be shown. */
export function isSecret(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const plain = name.toLowerCase().replaceAll(/[-_.\s]/g, '');
  const secret = !harmlessNames.has(plain) && (secretNames.has(plain) || secretEnding.test(plain));
  if (remembered.size < mostRemembered) remembered.set(name, secret);
  return secret;
}

/*
 * Whoever sends a text may have written it to make these slow: nothing that can fail is looked for over more than a bounded
 * distance.
 */

/** `key` alone is how settings are named: see the pairs. */
const named = endings.replace('|key', '');
const name = String.raw`(?!(?:configuration|unknown)key\b)[\w.-]{0,40}?(?:${named}|[\w.-]key)`;
const prefix = String.raw`(?:[\w.-]{1,40}:)?`;
const attributes = String.raw`(?:\s[^<>]*)?`;
const leaf = String.raw`(?:<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<!--[\s\S]*?(?:-->|$)|[^<])*`;
const shortLeaf = String.raw`(?:<!\[CDATA\[[\s\S]{0,600}?\]\]>|<!--[\s\S]{0,600}?-->|[^<])*`;
const text = String.raw`"(?:[^"\\]|\\[\s\S])*"?`;
const bare = String.raw`[\w.+-]+`;

/** One look before all that goes by names: it costs a tenth, and most texts hold none of them. */
const suspicious = /pass|pwd|psk|pin|secret|token|authori|credential|idtag|cookie|key|sig|basic |bearer /i;
const userinfo = /(\\?\/\\?\/)[^/\s"'<>\\]+@/g;
const credentials = /\b(Basic|Bearer) +[\w+/=.~-]{4,}/gi;
/** The secret segment of a charger's URL, and the pass of a file, which is 26 letters long. */
const pathSecret = /(\b(?:https?|wss?|ftps?):\/\/[^\s"'<>]{0,200}?\/)(?:(s\/+)[^/?\s"'<>&]+|[a-z0-9]{26}(?=\/))/gi;
const parameter = new RegExp(String.raw`\b(${name}|signature|sig)=(?!=)[^&\s"'<>;,\\]+`, 'gi');
const element = new RegExp(String.raw`(<${prefix}${name}${attributes}>)${leaf}`, 'gi');
const attribute = new RegExp(String.raw`(\s${prefix}${name}\s*=\s*)("[^"]*"|'[^']*')`, 'gi');
const member = new RegExp(String.raw`("${name}"\s*:\s*)(?:${text}|\[(?:\s*${text}\s*,?)*\s*\]?|${bare})`, 'gi');
const escapedMember = new RegExp(
  String.raw`((\\{1,16}"|&quot;)${name}\2\s*:\s*)(?:\2(?:(?!\2)[\s\S])*(?:\2)?|${bare})`,
  'gi',
);
const escapedElement = new RegExp(String.raw`(&lt;${prefix}${name}(?:\s[^&]*)?&gt;)(?:(?!&lt;)[\s\S])*`, 'gi');

const xmlKey = String.raw`<${prefix}key${attributes}>(${shortLeaf})<\/${prefix}key\s*>`;
const xmlValue = String.raw`<${prefix}value${attributes}>`;
const xmlPair = new RegExp(
  String.raw`(${xmlKey}(?:(?!<${prefix}(?:key|value)[\s>])[\s\S]){0,600}?${xmlValue})${leaf}`,
  'gi',
);
const xmlPairReversed = new RegExp(
  String.raw`(${xmlValue})${shortLeaf}(<\/${prefix}value\s*>\s*(?:<${prefix}readonly[^<>]*>[^<]*<\/[^<>]*>\s*)?${xmlKey})`,
  'gi',
);
const between = String.raw`(?:\s*,\s*"\w*"\s*:\s*(?:"(?:[^"\\]|\\[\s\S])*"|[^,"{}[\]]+)){0,6}?\s*,\s*`;
const jsonKey = String.raw`"key"\s*:\s*"((?:[^"\\]|\\[\s\S])*)"`;
const jsonPair = new RegExp(String.raw`(${jsonKey}${between}"value"\s*:\s*)(?:${text}|${bare})`, 'gi');
const jsonPairReversed = new RegExp(
  String.raw`("value"\s*:\s*)(?:"(?:[^"\\]|\\[\s\S])*"|${bare})(${between}${jsonKey})`,
  'gi',
);

/** Hides credentials and idTags inside running text. What is left reads as before, but for needless escapes. */
export function maskText(given: string): string {
  const shown = maskUrls(unescaped(given));
  return suspicious.test(shown) ? maskNamed(shown) : shown;
}

function maskUrls(given: string): string {
  const shown = given.includes('@') ? given.replace(userinfo, `$1${hidden}@`) : given;
  if (!mayHoldSecretPath(shown)) return shown;
  return shown.replace(pathSecret, (_, before: string, segment = '') => `${before}${segment}${hidden}`);
}

/** Passes of files stand in nothing but locations. */
function mayHoldSecretPath(given: string): boolean {
  return given.includes('/s/') || given.includes('/S/') || given.includes('ocation');
}

function maskNamed(given: string): string {
  let shown = given.replace(credentials, `$1 ${hidden}`);
  if (shown.includes('=')) shown = shown.replace(parameter, `$1=${hidden}`);
  if (shown.includes('<')) shown = maskXml(shown);
  if (shown.includes('"')) shown = maskJson(shown);
  if (shown.includes('\\"') || shown.includes('&quot;')) shown = shown.replace(escapedMember, `$1$2${hidden}$2`);
  if (shown.includes('&lt;')) shown = shown.replace(escapedElement, `$1${hidden}`);
  return shown;
}

function maskXml(given: string): string {
  const shown = given.replace(element, `$1${hidden}`).replace(attribute, `$1"${hidden}"`);
  if (!/key\s*>/i.test(shown)) return shown;
  return shown
    .replace(xmlPair, (whole, before: string, key: string) => (isSecretKey(key) ? `${before}${hidden}` : whole))
    .replace(xmlPairReversed, (whole, before: string, after: string, key: string) =>
      isSecretKey(key) ? `${before}${hidden}${after}` : whole,
    );
}

function maskJson(given: string): string {
  const shown = given.replace(member, `$1"${hidden}"`);
  if (!/"key"/i.test(shown)) return shown;
  return shown
    .replace(jsonPair, (whole, before: string, key: string) => (isSecretKey(key) ? `${before}"${hidden}"` : whole))
    .replace(jsonPairReversed, (whole, before: string, after: string, key: string) =>
      isSecretKey(key) ? `${before}"${hidden}"${after}` : whole,
    );
}

/** The name of a setting, whatever stands around it. */
const isSecretKey = (key: string): boolean => isSecret(key.replaceAll(/[^\w.-]/g, ''));

/** Letters that somebody wrote as numbers, so that names are found; what the syntax needs escaped stays so. */
function unescaped(given: string): string {
  if (!given.includes('&#') && !given.includes('\\u00')) return given;
  return given.replace(/&#(?:x0*([\da-f]{2})|0*(\d{2,3}));|\\u00([\da-f]{2})/gi, (whole, hex, decimal, json) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? json, 16) : Number(decimal);
    const letter = code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : whole;
    if (letter === '"') return json === undefined ? '&quot;' : '\\"';
    return '<>&\\'.includes(letter) ? whole : letter;
  });
}

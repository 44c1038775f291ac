/** Where a POST goes: a URL taken apart, which costs as much as a tenth of the call. */
export type HttpAddress = {
  readonly secure: boolean;
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  /** Empty: the default one. */
  readonly port: string;
  /** With the query. */
  readonly path: string;
  /** As the Host header says it. */
  readonly host: string;
};

/** Addresses that are remembered: as many as chargers, whose addresses hardly ever change. */
const rememberedAtMost = 20_000;

/** Takes URLs apart and remembers what came of it; undefined for what is no http URL. */
export class HttpAddresses {
  readonly #known = new Map<string, HttpAddress | undefined>();

  of(url: string): HttpAddress | undefined {
    const known = this.#known.get(url);
    if (known !== undefined || this.#known.has(url)) return known;
    if (this.#known.size >= rememberedAtMost) this.#known.clear();
    const address = addressOf(url);
    this.#known.set(url, address);
    return address;
  }
}

function addressOf(text: string): HttpAddress | undefined {
  if (!/^https?:\/\/./i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search, host } = new URL(text);
  return {
    secure: protocol === 'https:',
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: `${pathname}${search}`,
    host,
  };
}

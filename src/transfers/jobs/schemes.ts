import type { Payload } from '../../gateway/ports.ts';
import type { TransfersLine } from '../../gateway/transfers-port.ts';
import type { ChargerScheme } from '../ports.ts';
import type { StationTransfers } from './ports.ts';

const key = 'SupportedFileTransferProtocols';

/** By which protocol each charger is handed its files: as configured, or as it says itself (OCPP 1.6 §8). */
export class Schemes {
  readonly #line: () => Pick<TransfersLine, 'call'>;
  readonly #hasFtps: boolean;
  readonly #known = new Map<string, ChargerScheme>();

  constructor(line: () => Pick<TransfersLine, 'call'>, hasFtps: boolean) {
    this.#line = line;
    this.#hasFtps = hasFtps;
  }

  /** A charger that does not say is handed FTP, which all of them know. */
  async of(station: string, { protocol }: StationTransfers): Promise<ChargerScheme> {
    if (protocol !== 'auto') return protocol;
    const known = this.#known.get(station);
    if (known !== undefined) return known;
    const delivery = await this.#line().call(station, 'GetConfiguration', { key: [key] });
    if (delivery.kind === 'unreachable') return 'ftp';
    const scheme = this.#choose(delivery.kind === 'answered' ? protocolsIn(delivery.payload) : []);
    this.#known.set(station, scheme);
    return scheme;
  }

  /** It may be another one after a boot. */
  forget(station: string): void {
    this.#known.delete(station);
  }

  #choose(protocols: readonly string[]): ChargerScheme {
    if (protocols.includes('FTP') || protocols.length === 0) return 'ftp';
    if (protocols.includes('HTTP')) return 'http';
    return protocols.includes('FTPS') && this.#hasFtps ? 'ftps' : 'ftp';
  }
}

/** The value is a comma-separated list. */
function protocolsIn(conf: Payload): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(conf['configurationKey']) ? conf['configurationKey'] : [];
  return entries.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null || !('key' in entry) || !('value' in entry)) return [];
    if (String(entry.key).toLowerCase() !== key.toLowerCase()) return [];
    return String(entry.value)
      .split(',')
      .map((protocol) => protocol.trim().toUpperCase());
  });
}

import type { Acknowledged } from '../../src/demo/ledger.ts';
import { type TransactionAction, naturalKey } from '../../src/demo/natural-key.ts';
import type { Payload } from '../../src/gateway/ports.ts';
import { RpcCharger } from './rpc-charger.ts';

/** A charger with OCPP-J that keeps a ledger: what was acknowledged to it, across the connections that it had. */
export class LedgerCharger {
  readonly identity: string;
  readonly acknowledged: Acknowledged[] = [];
  readonly violations: unknown[] = [];
  /** Messages that it had to send again on another connection. */
  retries = 0;
  readonly #url: string;
  #line: RpcCharger | undefined;
  #meterWh = 0;
  #transaction: { readonly id: number; readonly start: string } | undefined;

  constructor(identity: string, url: string) {
    this.identity = identity;
    this.#url = url;
  }

  async boot(): Promise<void> {
    const conf = await (await this.#connect()).boot();
    if (conf['status'] !== 'Accepted') throw new Error(`${this.identity} heard ${String(conf['status'])}`);
  }

  async start(): Promise<void> {
    const payload = { connectorId: 1, idTag: 'TAG', meterStart: this.#meterWh, timestamp: new Date().toISOString() };
    const start = naturalKey('StartTransaction', payload);
    const conf = await this.#tell('StartTransaction', payload, start);
    this.#transaction = { id: Number(conf['transactionId']), start };
  }

  async sample(): Promise<void> {
    this.#meterWh += 10;
    const sampledValue = [{ value: String(this.#meterWh), unit: 'Wh' }];
    const meterValue = [{ timestamp: new Date().toISOString(), sampledValue }];
    const transactionId = this.#transaction?.id;
    await this.#tell('MeterValues', { connectorId: 1, transactionId, meterValue }, this.#transaction?.start);
  }

  async stop(): Promise<void> {
    this.#meterWh += 1;
    const [meterStop, timestamp] = [this.#meterWh, new Date().toISOString()];
    const transactionId = this.#transaction?.id;
    await this.#tell('StopTransaction', { transactionId, meterStop, timestamp }, this.#transaction?.start);
  }

  /** Its network fails, whatever is under way. */
  async cut(): Promise<void> {
    await this.#line?.cut();
  }

  async close(): Promise<void> {
    await this.#line?.close();
  }

  /** Sends a message until it is acknowledged, as OCPP 1.6 §3.7.1 wants it. */
  async #tell(action: TransactionAction, payload: Payload, start: string | undefined): Promise<Payload> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const line = this.#line ?? (await this.#connect());
        // oxlint-disable-next-line no-await-in-loop -- an attempt follows the one that failed
        const conf = await line.say(action, payload);
        this.acknowledged.push({ key: naturalKey(action, payload), start });
        return conf;
      } catch (error) {
        if (attempt === 5) throw error;
        this.retries += 1;
        this.#line = undefined;
      }
    }
  }

  async #connect(): Promise<RpcCharger> {
    const line = new RpcCharger(this.identity, this.#url);
    await line.connect();
    this.violations.push(...(this.#line?.violations ?? []));
    this.#line = line;
    return line;
  }
}

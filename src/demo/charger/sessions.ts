import { naturalKey } from '../natural-key.ts';
import type { Payload } from '../payload.ts';
import {
  afterEvent,
  type Connector,
  type ConnectorEvent,
  type ConnectorStatus,
  freshConnector,
  isFreeFor,
} from './connector.ts';
import { energyMeterValue, fullMeterValue, Meter, type Reading } from './meter.ts';
import type { Profiles } from './profiles.ts';
import { type Quirks, timeText } from './quirks.ts';
import type { ChargerTransaction, QueuedMessage } from './transaction-queue.ts';

/** StopTransaction.req's reasons that this charger gives. */
export type StopReason =
  | 'Local'
  | 'Remote'
  | 'EVDisconnected'
  | 'SoftReset'
  | 'HardReset'
  | 'UnlockCommand'
  | 'DeAuthorized';

export type SessionSettings = {
  readonly connectors: number;
  readonly maxA: number;
  readonly quirks: Quirks;
  readonly profiles: Profiles;
  readonly now: () => number;
  /** How much faster than the clock energy flows, so that a short demo shows kWh. */
  readonly energySpeed: number;
  readonly send: (message: QueuedMessage) => void;
  readonly onStatus: (connector: number, status: ConnectorStatus) => void;
  /** What a connector draws, or may draw, has changed. */
  readonly onPower: () => void;
};

/** A running transaction with the reading that it began with. */
type Session = { readonly transaction: ChargerTransaction; readonly begin: Reading };

type Socket = { state: Connector; session: Session | undefined; readonly meter: Meter };

type SocketDisplay = {
  readonly status: ConnectorStatus;
  readonly powerW: number;
  readonly limitA: number;
  readonly energyWh: number;
};

const nominalV = 230;
const phaseCount = 3;
const leastA = 6;

/** The charger's connectors, their meters and the transactions on them. */
export class Sessions {
  readonly #settings: SessionSettings;
  readonly #sockets: ReadonlyMap<number, Socket>;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    const ids = Array.from({ length: settings.connectors }, (_, index) => index + 1);
    const registerWh = (id: number) => id * 10_000_000 + Math.floor(Math.random() * 1_000_000);
    this.#sockets = new Map(
      ids.map((id) => [
        id,
        { state: freshConnector, session: undefined, meter: new Meter(registerWh(id), settings.now()) },
      ]),
    );
  }

  get connectorIds(): readonly number[] {
    return [...this.#sockets.keys()];
  }

  /** Undefined for a connector that this charger has not. */
  connector(id: number): Connector | undefined {
    return this.#sockets.get(id)?.state;
  }

  transaction(id: number): ChargerTransaction | undefined {
    return this.#sockets.get(id)?.session?.transaction;
  }

  /** The connector with this running transaction. */
  connectorOf(transactionId: number): number | undefined {
    return this.connectorIds.find((id) => this.transaction(id)?.id === transactionId);
  }

  /** The first connector on which somebody with this tag may begin. */
  freeFor(idTag: string): number | undefined {
    return this.connectorIds.find((id) => isFreeFor(this.#socket(id).state, idTag));
  }

  /** Moves a connector; a change of status is told to the central system. */
  apply(id: number, event: ConnectorEvent): void {
    const socket = this.#socket(id);
    const before = socket.state.status;
    socket.state = afterEvent(socket.state, event);
    if (socket.state.status !== before) this.#settings.onStatus(id, socket.state.status);
  }

  /** Begins a transaction: StartTransaction goes into the queue. */
  start(id: number, idTag: string): void {
    const socket = this.#socket(id);
    const begin = this.#read(id, 'Transaction.Begin');
    const fields = { connectorId: id, idTag, timestamp: begin.timestamp, meterStart: begin.registerWh };
    const startKey = naturalKey('StartTransaction', fields);
    const transaction: ChargerTransaction = { connector: id, idTag, startKey, id: undefined };
    socket.session = { transaction, begin };
    this.apply(id, { kind: 'started', allowed: this.#limitA(id) >= leastA });
    this.#powerOn(id);
    this.#settings.send({ action: 'StartTransaction', fields, transaction });
  }

  /** Ends the transaction on a connector, if there is one. */
  stop(id: number, reason: StopReason): void {
    const socket = this.#socket(id);
    const { session } = socket;
    if (session === undefined) return;
    const end = this.#read(id, 'Transaction.End');
    socket.meter.powerW = 0;
    this.#settings.onPower();
    socket.session = undefined;
    const { transaction, begin } = session;
    this.#settings.send({
      action: 'StopTransaction',
      fields: this.#stopFields(begin, end, reason, session),
      transaction,
    });
    this.#settings.profiles.transactionEnded(id);
    this.apply(id, { kind: 'stopped' });
  }

  /** Sends MeterValues of a connector, within its transaction if it has one. */
  sample(id: number, context: Reading['context']): void {
    const fields: Payload = { connectorId: id, meterValue: [fullMeterValue(this.#read(id, context))] };
    this.#settings.send({ action: 'MeterValues', fields, transaction: this.transaction(id) });
  }

  /** MeterValueSampleInterval is over: all running transactions are sampled. */
  sampleRunning(): void {
    for (const id of this.connectorIds) {
      if (this.transaction(id) !== undefined) this.sample(id, 'Sample.Periodic');
    }
  }

  /** A profile changed: the power follows, and below 6 A charging is suspended (IEC 61851-1). */
  followLimits(): void {
    for (const id of this.connectorIds) {
      if (this.transaction(id) === undefined) continue;
      this.#read(id, 'Sample.Periodic');
      this.apply(id, { kind: 'limitMoved', allowed: this.#limitA(id) >= leastA });
      this.#powerOn(id);
    }
    this.#settings.onPower();
  }

  /** What a person sees on the charger's display. */
  display(id: number): SocketDisplay {
    const { state, meter, session } = this.#socket(id);
    meter.advance(this.#settings.now(), this.#settings.energySpeed);
    const energyWh = session === undefined ? 0 : meter.registerWh - session.begin.registerWh;
    return { status: state.status, powerW: meter.powerW, limitA: this.#limitA(id), energyWh };
  }

  #stopFields(begin: Reading, end: Reading, reason: StopReason, { transaction }: Session): Payload {
    const fields = { timestamp: end.timestamp, meterStop: end.registerWh, reason };
    const withTag = reason === 'Local' ? { ...fields, idTag: transaction.idTag } : fields;
    if (!this.#settings.quirks.transactionData) return withTag;
    return { ...withTag, transactionData: [energyMeterValue(begin), energyMeterValue(end)] };
  }

  #read(id: number, context: Reading['context']): Reading {
    const { meter } = this.#socket(id);
    const { now, energySpeed, quirks } = this.#settings;
    meter.advance(now(), energySpeed);
    const timestamp = timeText(now(), quirks.times);
    return { timestamp, registerWh: meter.read(), powerW: meter.powerW, offeredA: this.#limitA(id), context };
  }

  #powerOn(id: number): void {
    const { state, meter } = this.#socket(id);
    meter.powerW = state.status === 'Charging' ? this.#limitA(id) * nominalV * phaseCount : 0;
    this.#settings.onPower();
  }

  #limitA(id: number): number {
    return this.#settings.profiles.limitA(id, this.#settings.now());
  }

  #socket(id: number): Socket {
    const socket = this.#sockets.get(id);
    if (socket === undefined) throw new Error(`there is no connector ${id}`);
    return socket;
  }
}

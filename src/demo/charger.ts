import { Background } from './background.ts';
import { answerCommand, type CommandTarget } from './charger/commands.ts';
import { Configuration } from './charger/configuration.ts';
import { type ConnectorStatus, isFreeFor } from './charger/connector.ts';
import type { Line, Spoken } from './charger/line.ts';
import { Profiles } from './charger/profiles.ts';
import { type Quirks, timeText } from './charger/quirks.ts';
import { Sessions, type StopReason } from './charger/sessions.ts';
import type { Sort, Speech } from './charger/speech.ts';
import { StatusLane } from './charger/status-lane.ts';
import { type DoneTransfers, Transfers } from './charger/transfers.ts';
import { type ChargerTransaction, type RetryPolicy, TransactionQueue } from './charger/transaction-queue.ts';
import type { Acknowledged } from './ledger.ts';
import { numberOf, type Payload, recordOf, textOf } from './payload.ts';
import { slept } from './waiting.ts';

export type ChargerSettings = {
  readonly identity: string;
  readonly speech: Speech;
  readonly quirks: Quirks;
  readonly model: string;
  readonly connectors: number;
  /** Largest current per phase. */
  readonly maxA: number;
  readonly retry: RetryPolicy;
  /** 0 sends no periodic MeterValues. */
  readonly sampleIntervalMs: number;
  /** Longest wait between two BootNotifications or Heartbeats, whatever interval the central system asks for. */
  readonly maxIntervalMs: number;
  /** How long an answer may take. */
  readonly deadlineMs: number;
  /** How much faster than the clock energy flows. */
  readonly energySpeed: number;
  /** Hears each change of what the charger draws or may draw. */
  readonly onPower: () => void;
};

/** setTimeout takes 31 bits. */
const longestTimerMs = 2_000_000_000;

/** What a person standing at the charger sees. */
export type ChargerDisplay = {
  readonly identity: string;
  readonly sort: Sort;
  readonly booted: boolean;
  /** Transaction messages that wait to be acknowledged. */
  readonly waiting: number;
  readonly connectors: readonly ConnectorDisplay[];
};

export type ConnectorDisplay = {
  readonly id: number;
  readonly status: ConnectorStatus;
  readonly powerW: number;
  /** By the profiles or the maker's key in it, A per phase. */
  readonly limitA: number;
  /** Of the running transaction. */
  readonly energyWh: number;
  readonly transactionId: number | undefined;
  /** naturalKey() of the running transaction's StartTransaction. */
  readonly startKey: string | undefined;
};

/** Starts a simulated charger: it listens for commands and begins to boot. */
export async function startCharger(settings: ChargerSettings): Promise<Charger> {
  const charger = new Charger(settings);
  await charger.open();
  return charger;
}

/**
 * A simulated charger, of whatever version its speech is. It boots until it is accepted, then beats, tells its status,
 * and runs sessions; transaction messages wait in its queue until they are acknowledged.
 */
export class Charger {
  readonly identity: string;
  readonly sort: Sort;
  /** What its central system did that the wire does not allow. */
  readonly violations: string[] = [];
  readonly #settings: ChargerSettings;
  readonly #background = new Background();
  readonly #configuration: Configuration;
  readonly #profiles: Profiles;
  readonly #sessions: Sessions;
  readonly #queue: TransactionQueue;
  readonly #statuses: StatusLane;
  readonly #transfers: Transfers;
  readonly #stop = new AbortController();
  #line: Line | undefined;
  #booted = false;
  #onBooted: (() => void)[] = [];
  #sampling: NodeJS.Timeout | undefined;
  #nextLimit: NodeJS.Timeout | undefined;
  readonly #localList = { version: 0 };

  constructor(settings: ChargerSettings) {
    this.identity = settings.identity;
    this.sort = settings.speech.sort;
    this.#settings = settings;
    const { generation } = settings.speech;
    this.#configuration = new Configuration(generation.keys(settings.connectors, settings.maxA));
    this.#profiles = new Profiles((connector) => this.#configuration.maxA(connector) ?? settings.maxA);
    const call = (action: string, payload: Payload) => this.#call(action, payload);
    this.#queue = new TransactionQueue({ call, retry: settings.retry, onStarted: (...args) => this.#started(...args) });
    this.#statuses = new StatusLane({ call, pauseMs: settings.retry.pauseMs });
    this.#transfers = new Transfers({
      identity: settings.identity,
      tell: (action, status) => this.#tellTransfer(action, status),
      reboot: () => this.#reboot('HardReset'),
      stop: this.#stop.signal,
    });
    this.#sessions = new Sessions({
      ...settings,
      profiles: this.#profiles,
      now: Date.now,
      send: (message) => this.#queue.add({ ...message, fields: generation.tellable(message.action, message.fields) }),
      onStatus: (connector, status) => this.#statusMoved(connector, status),
    });
  }

  /** Listens and begins to boot; called once, by startCharger. */
  async open(): Promise<void> {
    const { identity, quirks, deadlineMs, speech, sampleIntervalMs } = this.#settings;
    const onCommand = async (action: string, payload: Payload) => answerCommand(this.#target(), action, payload);
    const onViolation = (what: string) => void this.violations.push(what);
    this.#line = await speech.openLine({ identity, quirks, deadlineMs, onCommand, onViolation });
    this.#background.run(this.#live(), 'boot and heartbeats');
    if (sampleIntervalMs > 0) {
      this.#sampling = setInterval(() => this.#sessions.sampleRunning(), sampleIntervalMs);
    }
  }

  /** What was acknowledged to this charger, in order: its half of the ledger. */
  get acknowledged(): readonly Acknowledged[] {
    return this.#queue.acknowledged;
  }

  /** Transaction messages that met too many faults. */
  get givenUp(): number {
    return this.#queue.givenUp.length;
  }

  /** Transaction messages that were sent more than once: answers that did not come. */
  get retries(): number {
    return this.#queue.retries;
  }

  /** Files that it fetched and brought. */
  get transfers(): DoneTransfers {
    return this.#transfers.done;
  }

  get connectorIds(): readonly number[] {
    return this.#sessions.connectorIds;
  }

  /** Resolves when the central system accepted the BootNotification. */
  async booted(): Promise<void> {
    if (!this.#booted) await new Promise<void>((resolve) => this.#onBooted.push(resolve));
  }

  /** Somebody plugs in and shows a card. True when the session began; false when the connector was not free or the card not accepted. */
  async plugIn(connector: number, idTag: string): Promise<boolean> {
    const state = this.#sessions.connector(connector);
    if (state === undefined || !isFreeFor(state, idTag)) return false;
    this.#sessions.apply(connector, { kind: 'pluggedIn' });
    const spoken = await this.#call('Authorize', { idTag });
    const status = spoken.kind === 'answered' ? textOf(recordOf(spoken.payload, 'idTagInfo'), 'status') : undefined;
    if (status === 'Accepted') this.#sessions.start(connector, idTag);
    else this.#sessions.apply(connector, { kind: 'unplugged' });
    return status === 'Accepted';
  }

  /** Begins a transaction without asking for the card, as after a remote start. */
  begin(connector: number, idTag: string): void {
    this.#sessions.apply(connector, { kind: 'pluggedIn' });
    this.#sessions.start(connector, idTag);
  }

  /** Sends MeterValues of a connector now. */
  sample(connector: number): void {
    this.#sessions.sample(connector, 'Sample.Periodic');
  }

  /** Ends the transaction on a connector, if there is one, and takes the cable out. */
  unplug(connector: number, reason: StopReason = 'Local'): void {
    this.#sessions.stop(connector, reason);
    this.#sessions.apply(connector, { kind: 'unplugged' });
  }

  /** Ends all transactions and boots again. */
  restart(reason: 'SoftReset' | 'HardReset'): void {
    this.#background.run(this.#reboot(reason), 'boot after a reset');
  }

  /** True while a transaction runs there. */
  isInTransaction(connector: number): boolean {
    return this.#sessions.transaction(connector) !== undefined;
  }

  display(): ChargerDisplay {
    return {
      identity: this.identity,
      sort: this.sort,
      booted: this.#booted,
      waiting: this.#queue.waiting,
      connectors: this.connectorIds.map((id) => ({
        id,
        ...this.#sessions.display(id),
        transactionId: this.#sessions.transaction(id)?.id,
        startKey: this.#sessions.transaction(id)?.startKey,
      })),
    };
  }

  /** Resolves when every transaction message was acknowledged or given up. */
  async drained(): Promise<void> {
    await this.#queue.drained();
  }

  /** Stops speaking and listening; what waits stays unsent. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#sampling);
    clearTimeout(this.#nextLimit);
    await Promise.all([this.#queue.stop(), this.#statuses.stop(), this.#background.settled()]);
    await this.#line?.close();
  }

  /** Now, and whenever a schedule moves on. */
  #followLimits(): void {
    this.#sessions.followLimits();
    clearTimeout(this.#nextLimit);
    const changeMs = this.#profiles.nextChangeMs(Date.now());
    if (changeMs === undefined || this.#stop.signal.aborted) return;
    this.#nextLimit = setTimeout(() => this.#followLimits(), Math.min(changeMs - Date.now() + 1, longestTimerMs));
  }

  async #call(action: string, payload: Payload): Promise<Spoken> {
    if (this.#line === undefined) throw new Error('the charger is not open');
    return await this.#line.call(action, payload);
  }

  async #live(): Promise<void> {
    await this.#beat(await this.#bootAndTell());
  }

  /** Boots until accepted (OCPP 1.6 §4.2), then tells all statuses. Returns the interval of heartbeats. */
  async #bootAndTell(): Promise<number> {
    const intervalMs = await this.#boot();
    if (this.#stop.signal.aborted) return intervalMs;
    this.#booted = true;
    for (const resolve of this.#onBooted.splice(0)) resolve();
    this.#tellStatus(0, 'Available');
    for (const id of this.connectorIds) this.#tellStatus(id, this.#sessions.connector(id)?.status ?? 'Unavailable');
    return intervalMs;
  }

  async #reboot(reason: 'SoftReset' | 'HardReset'): Promise<void> {
    for (const id of this.connectorIds) this.unplug(id, reason);
    this.#booted = false;
    await this.#bootAndTell();
  }

  async #boot(): Promise<number> {
    for (let attempt = 1; !this.#stop.signal.aborted; attempt += 1) {
      const spoken = await this.#call('BootNotification', this.#bootNotification());
      const conf = spoken.kind === 'answered' ? spoken.payload : {};
      const intervalMs = (numberOf(conf, 'interval') ?? 0) * 1000;
      if (textOf(conf, 'status') === 'Accepted') return intervalMs;
      await this.#rest(intervalMs > 0 ? intervalMs : this.#settings.retry.pauseMs(attempt));
    }
    return 0;
  }

  async #beat(intervalMs: number): Promise<void> {
    const fallbackMs = this.#settings.maxIntervalMs;
    while (!this.#stop.signal.aborted) {
      await this.#rest(intervalMs > 0 ? intervalMs : fallbackMs);
      if (!this.#stop.signal.aborted) await this.#call('Heartbeat', {});
    }
  }

  async #rest(ms: number): Promise<void> {
    await slept(Math.min(ms, this.#settings.maxIntervalMs), this.#stop.signal);
  }

  #bootNotification(): Payload {
    return {
      chargePointVendor: 'Old Iron',
      chargePointModel: this.#settings.model,
      chargePointSerialNumber: `SN-${this.identity}`.slice(0, 25),
      firmwareVersion: this.#transfers.version,
      meterType: 'three-phase',
    };
  }

  /** StopTransactionOnInvalidId (OCPP 1.6 §9.1.24): a transaction that the central system refuses is ended. */
  #started(transaction: ChargerTransaction, conf: Payload): void {
    const status = textOf(recordOf(conf, 'idTagInfo'), 'status');
    const runs = this.#sessions.transaction(transaction.connector) === transaction;
    if (status !== 'Accepted' && runs) this.unplug(transaction.connector, 'DeAuthorized');
  }

  /** What is the same in the words of its version is not told again. */
  #statusMoved(connector: number, status: ConnectorStatus): void {
    const word = this.#settings.speech.generation.statusWord(status);
    if (this.#statuses.last(connector)?.['status'] !== word) this.#tellStatus(connector, status);
  }

  #tellStatus(connector: number, status: ConnectorStatus): void {
    const word = this.#settings.speech.generation.statusWord(status);
    const timestamp = timeText(Date.now(), this.#settings.quirks.times);
    this.#statuses.tell(connector, { connectorId: connector, status: word, errorCode: 'NoError', timestamp });
  }

  /** TriggerMessage (OCPP 1.6 §5.17): false for what this charger does not send. */
  #trigger(message: string, connector: number | undefined): boolean {
    const concerned = connector === undefined ? this.connectorIds : [connector];
    const known: Readonly<Record<string, () => void>> = {
      BootNotification: () => this.#tell('BootNotification', this.#bootNotification()),
      Heartbeat: () => this.#tell('Heartbeat', {}),
      MeterValues: () => concerned.forEach((id) => this.#sessions.sample(id, 'Trigger')),
      StatusNotification: () =>
        concerned.forEach((id) => this.#tellStatus(id, this.#sessions.connector(id)?.status ?? 'Available')),
      DiagnosticsStatusNotification: () => this.#tell('DiagnosticsStatusNotification', { status: 'Idle' }),
      FirmwareStatusNotification: () => this.#tell('FirmwareStatusNotification', { status: 'Idle' }),
    };
    const send = known[message];
    // After the answer: TriggerMessage.conf goes first.
    if (send !== undefined) setImmediate(send);
    return send !== undefined;
  }

  /** Sends a message that is not worth a second attempt. */
  #tell(action: string, payload: Payload): void {
    if (!this.#stop.signal.aborted) this.#background.run(this.#call(action, payload), action);
  }

  /** What follows from a command comes after its answer. */
  #afterwards(work: () => Promise<void>, name: string): void {
    setImmediate(() => {
      if (!this.#stop.signal.aborted) this.#background.run(work(), name);
    });
  }

  /** The end of a transfer must be heard: it is told until it was acknowledged. */
  async #tellTransfer(action: string, status: string): Promise<void> {
    for (let attempt = 1; !this.#stop.signal.aborted; attempt += 1) {
      const spoken = await this.#call(action, { status });
      if (spoken.kind !== 'unreachable') return;
      await slept(this.#settings.retry.pauseMs(attempt), this.#stop.signal);
    }
  }

  #target(): CommandTarget {
    const sessions = this.#sessions;
    return {
      connectorIds: this.connectorIds,
      configuration: this.#configuration,
      profiles: this.#profiles,
      localList: this.#localList,
      now: Date.now,
      connector: (id) => sessions.connector(id),
      apply: (id, event) => sessions.apply(id, event),
      freeFor: (idTag) => sessions.freeFor(idTag),
      connectorOf: (transactionId) => sessions.connectorOf(transactionId),
      isInTransaction: (id) => this.isInTransaction(id),
      begin: (id, idTag) => this.begin(id, idTag),
      end: (id, reason) => this.unplug(id, reason),
      followLimits: () => this.#followLimits(),
      restart: (reason) => this.restart(reason),
      trigger: (message, connector) => this.#trigger(message, connector),
      updateFirmware: (request) => this.#afterwards(() => this.#transfers.update(request), 'firmware update'),
      diagnose: (request) => {
        this.#afterwards(() => this.#transfers.diagnose(request), 'diagnostics');
        return this.#transfers.nextName();
      },
    };
  }
}

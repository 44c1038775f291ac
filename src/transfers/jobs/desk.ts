import { confOf, type Payload } from '../../gateway/ports.ts';
import type {
  TransferAction,
  TransferNewsAction,
  TransferNotice,
  TransfersDoor,
  TransfersLine,
  TransferStatusAction,
} from '../../gateway/transfers-port.ts';
import type { CampaignUpdate, CampaignUpdates, CampaignWatch } from '../campaigns/ports.ts';
import { Turns } from '../turns.ts';
import type { DoorListener, FileDoor, Received } from '../ports.ts';
import { campaignUpdates, noCampaigns } from './campaign-updates.ts';
import { DiagnosticsRun } from './diagnostics-run.ts';
import { askedLog, askedUpdate, logConf } from './extension.ts';
import { FirmwareRun } from './firmware-run.ts';
import { kindOf, noticeOf, securityEvent } from './notices.ts';
import { Pace } from './pace.ts';
import type {
  DiagnosticsTransfer,
  FirmwareTransfer,
  NewTransfer,
  Transfer,
  TransferDetails,
  TransferFilter,
  TransfersDesk,
  TransferView,
  TransferWish,
} from './ports.ts';
import { Retention } from './retention.ts';
import { holderOf, nameOf, type RunParts } from './run.ts';
import { Schemes } from './schemes.ts';
import { viewOf } from './view.ts';

export type DeskParts = Omit<RunParts, 'line' | 'door' | 'schemes' | 'mayOffer' | 'ended'> & {
  /** The door can serve FTPS. */
  readonly hasFtps: boolean;
};

/** How often jobs are looked at for what is due. */
const tickMs = 1_000;

/**
 * The jobs of all chargers: at most one open firmware job and one open diagnostics job each, since OCPP 1.6 has no number
 * by which a status says what it is about.
 */
export class TransferDesk implements TransfersDoor, DoorListener, TransfersDesk {
  /** For firmware campaigns. */
  readonly updates: CampaignUpdates;
  readonly #parts: RunParts;
  readonly #retention: Retention;
  readonly #pace: Pace;
  /** The last job of each charger, by its identity; it may be over. */
  readonly #firmware = new Map<string, FirmwareRun>();
  readonly #diagnostics = new Map<string, DiagnosticsRun>();
  readonly #byName = new Map<string, FirmwareRun | DiagnosticsRun>();
  #line: TransfersLine | undefined;
  #door: FileDoor | undefined;
  #watch: CampaignWatch = noCampaigns;
  /** Each beginning of a firmware job must see what the one before began. */
  readonly #beginnings = new Turns();
  #cancelTick: () => void = () => undefined;

  constructor({ hasFtps, ...parts }: DeskParts) {
    const line = (): TransfersLine => present(this.#line);
    this.#parts = {
      ...parts,
      line,
      door: () => present(this.#door),
      schemes: new Schemes(line, hasFtps),
      mayOffer: async ({ campaign, station }) => campaign === undefined || this.#watch.mayOffer(campaign.run, station),
      ended: () => this.#watch.stirred(),
    };
    this.updates = campaignUpdates({
      parts: this.#parts,
      isDirect: (station) => this.#isDirect(station),
      last: (station) => this.#firmware.get(station),
      run: (id) => this.#byName.get(nameOf({ id })),
      begin: (station, update) => this.#beginFor(station, update),
    });
    this.#retention = new Retention(parts);
    this.#pace = new Pace(parts.clock, parts.log);
  }

  /** Reads what an earlier run left, and keeps its files. Before anything else is asked of the desk. */
  async load(): Promise<void> {
    await this.#retention.load();
    for (const job of (await this.#parts.store.transfers({ open: true })).toReversed()) {
      if (job.file !== undefined) this.#parts.spool.hold(job.file.sha256, holderOf(job));
      this.#enter(job);
    }
  }

  /** Where chargers come for files from now on. */
  openDoor(door: FileDoor): void {
    this.#door = door;
  }

  /** Whom to ask for chargers and the CSMS from now on. */
  serve(line: TransfersLine): TransfersDoor {
    this.#line = line;
    return this;
  }

  /** Whom to tell of firmware, and to ask before an offer, from now on. */
  watchedBy(watch: CampaignWatch): void {
    this.#watch = watch;
  }

  /** Goes on with the jobs that an earlier run left. */
  async resume(): Promise<void> {
    for (const run of this.#runs()) await run.resume();
    this.#tick();
  }

  /** Ends what is under way; the jobs stay as they are, for the next start. */
  async stop(): Promise<void> {
    this.#cancelTick();
    for (const run of this.#runs()) run.suspend();
    for (const run of this.#runs()) await run.flush();
  }

  // ------------------------------------------------------------------------------------------------ the gateway

  async answer(identity: string, action: TransferAction, payload: Payload): Promise<Payload | undefined> {
    if (this.#isDirect(identity)) return undefined;
    if (action === 'SignedUpdateFirmware') return this.#answerSigned(identity, payload);
    if (action === 'GetLog') return this.#answerLog(identity, payload);
    // Nobody could tell it of a file: the CSMS hears why.
    if (!this.#isCommandable(identity)) return undefined;
    const { location, ...request } = payload;
    const asked = { ...this.#fresh(identity, 'csms', request), location: String(location) };
    if (action === 'UpdateFirmware') {
      await this.#beginFirmware(asked);
      return {};
    }
    return confOf(await (await this.#beginDiagnostics(asked)).ask());
  }

  current(identity: string, action: TransferNewsAction): TransferNotice | undefined {
    if (this.#isDirect(identity)) return undefined;
    const run = this.#runOf(identity, action);
    return run?.job.open === true ? noticeOf(run.job, run.current()) : { action, payload: { status: 'Idle' } };
  }

  async status(identity: string, action: TransferStatusAction, status: string): Promise<'taken' | 'pass'> {
    return (await this.#runOf(identity, action)?.status(status)) ?? 'pass';
  }

  /** Undefined when nobody is trusted with firmware: the CSMS is to ask by UpdateFirmware. */
  async #answerSigned(identity: string, payload: Payload): Promise<Payload | undefined> {
    const { signatures, clock, line, log } = this.#parts;
    if (!signatures.knowsRoots) return undefined;
    const { request, ...asked } = askedUpdate(payload);
    const problem = signatures.certificateProblem(asked.signature.certificate);
    if (problem !== undefined) {
      log.warn('signing certificate refused', { station: identity, reason: problem });
      const event = securityEvent('InvalidFirmwareSigningCertificate', problem, clock.now());
      await line().tell(identity, event, `${clock.now()} signing certificate ${asked.requestId}`);
      return { status: 'InvalidCertificate' };
    }
    if (!this.#isCommandable(identity)) return { status: 'Rejected' };
    const status = acceptance(this.#firmware.get(identity));
    const run = await this.#beginFirmware({ ...this.#fresh(identity, 'csms', request), ...asked });
    run.note(`asked by SignedUpdateFirmware ${asked.requestId}`);
    return { status };
  }

  /** A charger of OCPP 1.6 has no security log. */
  async #answerLog(identity: string, payload: Payload): Promise<Payload> {
    if (payload['logType'] !== 'DiagnosticsLog' || !this.#isCommandable(identity)) return { status: 'Rejected' };
    const status = acceptance(this.#diagnostics.get(identity));
    const { request, ...asked } = askedLog(payload);
    const run = await this.#beginDiagnostics({ ...this.#fresh(identity, 'csms', request), ...asked });
    run.note(`asked by GetLog ${asked.requestId}`);
    return logConf(await run.ask(), status);
  }

  #isCommandable(identity: string): boolean {
    return this.#parts.line().charger(identity)?.commandable === true;
  }

  protocols(identity: string): string | undefined {
    return this.#isDirect(identity) ? undefined : 'FTP,FTPS,HTTP,HTTPS';
  }

  heard(identity: string): void {
    this.#firmware.get(identity)?.heard();
  }

  booted(identity: string, firmwareVersion: string | undefined): void {
    this.#parts.schemes.forget(identity);
    this.#background('boot', this.#firmware.get(identity)?.booted(firmwareVersion));
    this.#watch.stirred();
  }

  // ------------------------------------------------------------------------------------------------ the door

  line(job: string, line: string): void {
    this.#byName.get(job)?.note(line);
  }

  sent(job: string, { from, to, whole }: Parameters<DoorListener['sent']>[1]): void {
    this.#parts.meters.moved('firmware', 'charger', to - from);
    const run = this.#byName.get(job);
    if (run instanceof FirmwareRun) this.#background('bytes sent', run.sent(to, whole));
  }

  receiving(job: string): void {
    const run = this.#byName.get(job);
    if (run instanceof DiagnosticsRun) this.#background('upload', run.receiving());
  }

  async received(job: string, received: Received): Promise<void> {
    const run = this.#byName.get(job);
    this.#parts.meters.moved('diagnostics', 'charger', received.bytes);
    if (run instanceof DiagnosticsRun) await run.received(received);
  }

  // ------------------------------------------------------------------------------------------------ the operator

  async transfers(filter: TransferFilter): Promise<readonly TransferView[]> {
    return (await this.#parts.store.transfers(filter)).map(viewOf);
  }

  async transfer(id: number): Promise<TransferDetails | undefined> {
    await this.#byName.get(nameOf({ id }))?.flush();
    const recorded = await this.#parts.store.transfer(id);
    return recorded && { transfer: viewOf(recorded.transfer), lines: recorded.lines };
  }

  async retry(id: number): Promise<TransferWish> {
    const job = (await this.#parts.store.transfer(id))?.transfer;
    if (job === undefined) return { kind: 'unknown', what: `transfer ${id}` };
    const open = this.#last(job)?.job;
    if (job.open || open?.open === true) return refused(`transfer ${open?.id ?? id} is open: cancel it first`);
    const { station, askedBy, request, requestId } = job;
    const fresh = { ...this.#fresh(station, askedBy, request), ...(requestId === undefined ? {} : { requestId }) };
    if (job.kind === 'firmware') {
      const { location, signature, expected } = job;
      const marks = { ...(signature && { signature }), ...(expected && { expected }) };
      return begun(await this.#beginFirmware({ ...fresh, location, ...marks }));
    }
    return this.#askFor(fresh, job.location);
  }

  async cancel(id: number): Promise<TransferWish> {
    const run = this.#byName.get(nameOf({ id }));
    if (run === undefined) return this.#missing(id);
    if (!run.job.open) return refused(`transfer ${id} is over`);
    await run.cancel('cancelled', 'cancelled by the operator');
    return begun(run);
  }

  async askDiagnostics(station: string): Promise<TransferWish> {
    const charger = this.#parts.line().charger(station);
    if (charger === undefined) return { kind: 'unknown', what: `charger ${station}` };
    const open = this.#diagnostics.get(charger.identity)?.job;
    if (open?.open === true) return refused(`transfer ${open.id} of it is open: wait for it, or cancel it`);
    return this.#askFor(this.#fresh(charger.identity, 'operator', {}), undefined);
  }

  async fileOf(id: number): Promise<string | undefined> {
    const job = (await this.#parts.store.transfer(id))?.transfer;
    return job?.file && this.#parts.spool.pathOf(job.file.sha256);
  }

  async #askFor(fresh: Fresh, location: string | undefined): Promise<TransferWish> {
    const run = await this.#beginDiagnostics({ ...fresh, ...(location === undefined ? {} : { location }) });
    // A charger takes its time to answer; the job tells how it went.
    this.#background('diagnostics', run.ask());
    return begun(run);
  }

  async #missing(id: number): Promise<TransferWish> {
    const recorded = await this.#parts.store.transfer(id);
    return recorded === undefined ? { kind: 'unknown', what: `transfer ${id}` } : refused(`transfer ${id} is over`);
  }

  // ------------------------------------------------------------------------------------------------ jobs

  #isDirect(identity: string): boolean {
    return this.#parts.settings.station(identity).route === 'direct';
  }

  #fresh(station: string, askedBy: Transfer['askedBy'], request: Payload): Fresh {
    const nowMs = this.#parts.clock.now();
    return { station, askedBy, request, open: true, createdAtMs: nowMs, changedAtMs: nowMs, tellings: 0 };
  }

  #beginFirmware(asked: AskedFirmware): Promise<FirmwareRun> {
    return this.#beginnings.take(() => this.#replaceFirmware(asked));
  }

  #beginFor(station: string, update: CampaignUpdate): Promise<FirmwareRun | undefined> {
    return this.#beginnings.take(async () => {
      if (this.#firmware.get(station)?.job.open === true) return undefined;
      // OCPP 1.6 §6.55: as soon as it can.
      const request = { retrieveDate: new Date(this.#parts.clock.now()).toISOString() };
      return this.#replaceFirmware({ ...this.#fresh(station, 'campaign', request), ...update });
    });
  }

  async #replaceFirmware(asked: AskedFirmware): Promise<FirmwareRun> {
    const before = this.#firmware.get(asked.station);
    const rest = { offers: 0, sentBytes: 0, afterOffer: before?.isInHands === true || before?.job.afterOffer === true };
    const id = await this.#replace(before, { ...asked, ...rest, kind: 'firmware', state: 'accepted' });
    const run = this.#enterFirmware({ ...asked, ...rest, kind: 'firmware', state: 'accepted', id });
    run.look();
    return run;
  }

  async #beginDiagnostics(asked: Fresh & Pick<DiagnosticsTransfer, 'location'>): Promise<DiagnosticsRun> {
    const job = { ...asked, kind: 'diagnostics', state: 'asking' } as const;
    const id = await this.#replace(this.#diagnostics.get(asked.station), job);
    return this.#enterDiagnostics({ ...job, id });
  }

  /** Both are asked for in one turn: one commit. */
  async #replace(before: FirmwareRun | DiagnosticsRun | undefined, job: NewTransfer): Promise<number> {
    const superseded = before?.cancel('superseded', 'asked anew');
    const [id] = await Promise.all([this.#parts.store.addTransfer(job), superseded]);
    return id;
  }

  #enter(job: Transfer): void {
    if (job.kind === 'firmware') this.#enterFirmware(job);
    else this.#enterDiagnostics(job);
  }

  #enterFirmware(job: FirmwareTransfer): FirmwareRun {
    const run = new FirmwareRun(job, this.#parts);
    this.#firmware.set(job.station, run);
    this.#byName.set(nameOf(job), run);
    return run;
  }

  #enterDiagnostics(job: DiagnosticsTransfer): DiagnosticsRun {
    const run = new DiagnosticsRun(job, this.#parts);
    this.#diagnostics.set(job.station, run);
    this.#byName.set(nameOf(job), run);
    return run;
  }

  #last({ kind, station }: Transfer): FirmwareRun | DiagnosticsRun | undefined {
    return kind === 'firmware' ? this.#firmware.get(station) : this.#diagnostics.get(station);
  }

  #runOf(identity: string, action: TransferNewsAction): FirmwareRun | DiagnosticsRun | undefined {
    return kindOf(action) === 'firmware' ? this.#firmware.get(identity) : this.#diagnostics.get(identity);
  }

  #runs(): readonly (FirmwareRun | DiagnosticsRun)[] {
    return [...this.#byName.values()];
  }

  #tick(): void {
    for (const run of this.#runs()) run.look();
    if (this.#pace.isFree)
      this.#pace.start(
        'records',
        () => this.#keepRecords(),
        () => undefined,
      );
    this.#cancelTick = this.#parts.clock.after(tickMs, () => this.#tick());
  }

  async #keepRecords(): Promise<void> {
    for (const [name, run] of this.#byName) {
      await run.flush();
      if (run.job.open) continue;
      if (run.job.file !== undefined && run.job.kind === 'diagnostics') this.#retention.keep(run.job);
      this.#byName.delete(name);
    }
    await this.#retention.prune();
  }

  #background(name: string, work: Promise<unknown> | undefined): void {
    work?.catch((cause: unknown) => this.#parts.log.error('transfer work failed', { work: name }, cause));
  }
}

type Fresh = Omit<Extract<NewTransfer, { kind: 'diagnostics' }>, 'kind' | 'state' | 'location'>;

type AskedFirmware = Fresh & Pick<FirmwareTransfer, 'location' | 'signature' | 'expected' | 'campaign'>;

/** The conf of the extension to a request that is taken. */
const acceptance = (before: { readonly job: Transfer } | undefined): 'Accepted' | 'AcceptedCanceled' =>
  before?.job.open === true ? 'AcceptedCanceled' : 'Accepted';

const begun = (run: { readonly job: Transfer }): TransferWish => ({ kind: 'done', transfer: viewOf(run.job) });

const refused = (reason: string): TransferWish => ({ kind: 'refused', reason });

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the transfers were asked before they were connected');
  return part;
}

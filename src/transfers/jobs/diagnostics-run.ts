import type { Delivery, Payload } from '../../gateway/ports.ts';
import { TransferError } from '../errors.ts';
import type { Received, SpooledFile } from '../ports.ts';
import { Dossier } from './dossier.ts';
import { Pace } from './pace.ts';
import type { DiagnosticsState, DiagnosticsTransfer } from './ports.ts';
import { holderOf, invitationOf, keptTicket, nameOf, persistenceOf, type RunParts } from './run.ts';

/*
 * The diagnostics of one charger.
 *
 * asking: on disk with its ticket before GetDiagnostics.req leaves. The charger refuses or is not reached → refused, and
 *   the CSMS hears so. It has nothing → nothing. It names a file → asked. After a restart nobody knows whether it heard;
 *   the ticket is open, and the job waits as if it had.
 * asked → receiving: the first byte is here. → received: a whole upload is on disk. The charger may begin again.
 * received → bringing: when the charger says Uploaded, or has said and done nothing for a minute, the file moves into
 *   the spool and is brought to the CSMS's location. → uploaded, or uploadFailed when no attempt is left.
 * kept: the operator asked; the file stays in the spool. (So does that of any other job, for some days.)
 * uploadFailed: also when the charger says so and no whole file is here, when it says Uploaded and none comes, and when
 *   its time is over.
 * superseded, cancelled: by the next GetDiagnostics, or by the operator.
 *
 * The CSMS hears Uploading once, from the charger; Uploaded only when the file is at its location; UploadFailed when it
 * never will be.
 */

const quietMs = 60_000;
const lateMs = 30_000;

/** The charger may still bring bytes. */
const brings: ReadonlySet<DiagnosticsState> = new Set<DiagnosticsState>(['asking', 'asked', 'receiving', 'received']);

export class DiagnosticsRun {
  readonly #dossier: Dossier<DiagnosticsTransfer>;
  readonly #parts: RunParts;
  readonly #pace: Pace;
  readonly #stop = new AbortController();
  /** Monotonic ms of the last sign of the charger. */
  #signAtMs: number;

  constructor(job: DiagnosticsTransfer, parts: RunParts) {
    this.#dossier = new Dossier(job, parts);
    this.#parts = parts;
    this.#pace = new Pace(parts.clock, parts.log);
    this.#signAtMs = parts.clock.elapsed();
  }

  get job(): DiagnosticsTransfer {
    return this.#dossier.job;
  }

  note(line: string): void {
    this.#dossier.note(line);
  }

  flush(): Promise<void> {
    return this.#dossier.flush();
  }

  /** Asks the charger; what became of GetDiagnostics. */
  async ask(): Promise<Delivery> {
    const { station, request, location } = this.job;
    const url = await this.#invite();
    if (url === undefined) return { kind: 'unreachable', reason: 'it is not known where it is', sent: false };
    const delivery = await this.#parts.line().call(station, 'GetDiagnostics', { ...request, location: url });
    if (delivery.kind === 'answered') await this.#answered(delivery.payload, location);
    if (delivery.kind === 'refused') await this.#finish('refused', `the charger refuses: ${delivery.code}`);
    if (delivery.kind === 'unreachable') await this.#finish('refused', `not reached: ${delivery.reason}`);
    return delivery;
  }

  /** Takes hold again of what an earlier run had. */
  async resume(): Promise<void> {
    const { ticket, received, file, state } = this.job;
    this.note('the gateway started again');
    const isKept = file !== undefined && this.#parts.spool.hold(file.sha256, holderOf(this.job));
    if (isKept || ticket === undefined || !brings.has(state)) return;
    const maxBytes = this.#parts.settings.mostDiagnosticsBytes;
    const earlier = received === undefined ? {} : { received };
    await this.#parts.door().accept({ ...invitationOf(this.job, ticket), ...earlier, maxBytes });
  }

  /** Looks for what is due; called now and then, and when something has happened. */
  look(): void {
    if (!this.job.open || this.#stop.signal.aborted || !this.#pace.isFree) return;
    const again = (): void => this.look();
    const { state } = this.job;
    if (state === 'bringing' || (state === 'received' && this.#isSettled())) {
      return this.#pace.start('bringing', () => this.#bring(), again);
    }
    if (this.#isLate()) return this.#pace.start('expiry', () => this.#giveUp(), again);
  }

  /** The charger says how it goes. `pass`: it speaks of something else. */
  async status(status: string): Promise<'taken' | 'pass'> {
    const { open, told } = this.job;
    if (!open) return status === told ? this.#repeated() : 'pass';
    this.#signAtMs = this.#parts.clock.elapsed();
    switch (status) {
      case 'Uploading':
        if (told === status) return this.#repeated();
        await this.#dossier.change(() => ({ to: {}, tell: status, note: 'the charger says Uploading' }));
        return 'taken';
      case 'Uploaded':
        return this.#saidUploaded();
      case 'UploadFailed':
        return this.#saidFailed();
      default:
        this.note(`the charger says ${status}`);
        return 'taken';
    }
  }

  async receiving(): Promise<void> {
    this.#signAtMs = this.#parts.clock.elapsed();
    await this.#dossier.change(({ state }) =>
      brings.has(state) ? { to: { state: 'receiving', received: undefined, file: undefined } } : undefined,
    );
  }

  /** On disk when it resolves: then the charger hears of its success. Rejects when the job is over. */
  async received(received: Received): Promise<void> {
    this.#signAtMs = this.#parts.clock.elapsed();
    const note = `received ${received.bytes} bytes`;
    const taken = await this.#dossier.change(({ open, state }) =>
      open && brings.has(state) ? { to: { state: 'received', received }, note } : undefined,
    );
    if (!taken) throw new TransferError('NotFound', 'this upload is over');
  }

  /** What TriggerMessage is answered with: Idle only when nothing is open (OCPP 1.6 §4.4). */
  current(): string {
    return this.job.open ? (this.job.told ?? 'Uploading') : 'Idle';
  }

  /** Ends the job before its time. */
  async cancel(state: 'superseded' | 'cancelled', reason: string): Promise<void> {
    // The next job's statuses would be taken for this one's, unless it has a requestId.
    const isTold = state === 'cancelled' || this.job.requestId !== undefined;
    await this.#finish(state, reason, isTold ? 'UploadFailed' : undefined);
  }

  /** Ends what is under way; the job stays as it is, for the next start. */
  suspend(): void {
    this.#stop.abort(new TransferError('Cancelled', 'the gateway stops'));
  }

  // ------------------------------------------------------------------------------------------------ the charger

  /** Opens the door for the charger; its URL, or undefined when it has no address. */
  async #invite(): Promise<string | undefined> {
    const { line, settings, schemes, door, clock } = this.#parts;
    const { station } = this.job;
    const wishes = settings.station(station);
    const address = line().charger(station)?.address;
    if (address === undefined) {
      await this.#finish('refused', 'it is not known where the charger is');
      return undefined;
    }
    const scheme = await schemes.of(station, wishes);
    const expiresAtMs = clock.now() + settings.ticketMs;
    const wish = { job: nameOf(this.job), scheme, flat: wishes.flat, addresses: [address], expiresAtMs };
    const ticket = await door().accept({ ...wish, maxBytes: settings.mostDiagnosticsBytes });
    await this.#dossier.change(() => ({ to: { ticket: keptTicket(wish, ticket) }, note: `asked by ${scheme}` }));
    return ticket.url;
  }

  async #answered({ fileName }: Payload, location: string | undefined): Promise<void> {
    if (typeof fileName !== 'string') return this.#finish('nothing', 'the charger has no diagnostics');
    const to = location === undefined ? 'the operator' : 'the CSMS';
    await this.#dossier.change(({ open, state }) =>
      open
        ? {
            to: { fileName, state: state === 'asking' ? 'asked' : state },
            note: `the charger promises ${fileName} for ${to}`,
          }
        : undefined,
    );
  }

  #repeated(): 'taken' {
    this.#parts.meters.repeated('diagnostics');
    return 'taken';
  }

  async #saidUploaded(): Promise<'taken'> {
    if (this.job.saidUploadedAtMs !== undefined) return this.#repeated();
    const saidUploadedAtMs = this.#parts.clock.now();
    await this.#dossier.change(() => ({ to: { saidUploadedAtMs }, note: 'the charger says Uploaded' }));
    this.look();
    return 'taken';
  }

  /** A whole file that is here is brought, whatever the charger thinks of it. */
  async #saidFailed(): Promise<'taken'> {
    this.note('the charger says UploadFailed');
    const { state } = this.job;
    if (state === 'received' || state === 'bringing') return 'taken';
    await this.#finish('uploadFailed', 'the charger says so', 'UploadFailed');
    return 'taken';
  }

  #isSettled(): boolean {
    return this.job.saidUploadedAtMs !== undefined || this.#sinceSignMs() >= quietMs;
  }

  #isLate(): boolean {
    const { state, ticket, saidUploadedAtMs } = this.job;
    if (state === 'received' || state === 'bringing' || ticket === undefined) return false;
    const liesSince = saidUploadedAtMs !== undefined && this.#sinceSignMs() >= lateMs;
    return liesSince || this.#parts.clock.now() >= ticket.expiresAtMs;
  }

  #sinceSignMs(): number {
    return this.#parts.clock.elapsed() - this.#signAtMs;
  }

  async #giveUp(): Promise<void> {
    const { station, saidUploadedAtMs } = this.job;
    if (saidUploadedAtMs === undefined) return this.#finish('uploadFailed', 'no file came in time', 'UploadFailed');
    this.#parts.meters.contradiction('uploaded');
    this.#parts.log.warn('charger claims what it did not do', { station, status: 'Uploaded' });
    await this.#finish('uploadFailed', 'the charger says Uploaded, and no whole file has come', 'UploadFailed');
  }

  // ------------------------------------------------------------------------------------------------ the CSMS's side

  async #bring(): Promise<void> {
    if (this.job.state === 'received' && !(await this.#collect())) return;
    const { file, fileName, received, location, request, station } = this.job;
    if (file === undefined) return;
    if (location === undefined) return this.#finish('kept', 'kept for the operator');
    const { uploader, settings } = this.#parts;
    const wish = {
      sha256: file.sha256,
      name: fileName ?? received?.name ?? 'diagnostics',
      location,
      persistence: persistenceOf(request),
      httpMethod: settings.station(station).uploadMethod,
    };
    try {
      await uploader.upload(wish, (line) => this.note(line), this.#stop.signal);
    } catch (thrown) {
      if (!(thrown instanceof TransferError)) throw thrown;
      if (!this.#stop.signal.aborted) {
        await this.#finish('uploadFailed', `${thrown.code}: ${thrown.message}`, this.#failureOf(thrown));
      }
      return;
    }
    this.#parts.meters.moved('diagnostics', 'csms', file.bytes);
    await this.#finish('uploaded', `${file.bytes} bytes are at the CSMS's location`, 'Uploaded');
  }

  /** The security extension has a word for a location that does not let us in; OCPP 1.6 has one for all. */
  #failureOf({ code }: TransferError): string {
    return code === 'Unauthorized' && this.job.requestId !== undefined ? 'PermissionDenied' : 'UploadFailed';
  }

  /** The upload moves into the spool, if it has not yet; false when there was none. */
  async #collect(): Promise<boolean> {
    const { spool } = this.#parts;
    const known = this.job.file;
    const isKept = known !== undefined && spool.hold(known.sha256, holderOf(this.job));
    const file = isKept ? known : await this.#move();
    if (file === undefined) {
      await this.#finish('uploadFailed', 'the upload is not whole any more', 'UploadFailed');
      return false;
    }
    spool.hold(file.sha256, holderOf(this.job));
    spool.release(file.sha256, nameOf(this.job));
    return this.#dossier.change(({ open }) =>
      open ? { to: { state: 'bringing', file }, note: `SHA-256 ${file.sha256}` } : undefined,
    );
  }

  /** The job knows its file before it moves: of an end in between, the next run finds where it is. */
  async #move(): Promise<SpooledFile | undefined> {
    const collected = await this.#parts.door().collect(nameOf(this.job), async (file) => {
      await this.#dossier.change(({ open }) => (open ? { to: { file } } : undefined));
    });
    return collected?.file;
  }

  /** `status`: what the CSMS hears of it. */
  async #finish(state: DiagnosticsState, reason: string, status?: string): Promise<void> {
    const changed = await this.#dossier.change(({ open }) => {
      if (!open) return undefined;
      const change = { to: { state, open: false, reason }, note: `${state}: ${reason}` };
      return status === undefined ? change : { ...change, tell: status };
    });
    if (!changed) return;
    const { station, id } = this.job;
    this.#stop.abort(new TransferError('Cancelled', 'the job is over'));
    this.#parts.meters.ended('diagnostics', state);
    this.#parts.log.info('transfer ended', { station, job: id, kind: 'diagnostics', state, reason });
    await this.#parts.door().withdraw(nameOf(this.job));
  }
}

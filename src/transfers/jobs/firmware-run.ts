import type { Delivery } from '../../gateway/ports.ts';
import { TransferError } from '../errors.ts';
import { Dossier } from './dossier.ts';
import { ends, inHands, stateOfStatus } from './firmware-states.ts';
import { Pace } from './pace.ts';
import type { FirmwareState, FirmwareTransfer, KeptTicket } from './ports.ts';
import { bandwidthOf, holderOf, invitationOf, keptTicket, nameOf, persistenceOf, type RunParts } from './run.ts';
import { isToldAgain, signatureProblem, signedProgress, withSignature } from './signed-firmware.ts';

/*
 * One firmware update of one charger.
 *
 * accepted: the job is on disk and the CSMS has its conf; the image is fetched and verified.
 *   → verified, or fetchFailed when no attempt is left or the image is not the one that was asked for, or
 *   invalidSignature when the CSMS asked by SignedUpdateFirmware, and the image is not what was signed.
 * verified: the image lies in the spool, and the charger is to hear of it: at once, and when it could not be reached at
 *   its next message, or after a minute. → offering.
 * offering: on disk before UpdateFirmware.req leaves, since it may arrive and we not hear of it. Answered → offered. Not
 *   sent → verified. Perhaps sent: what the charger does shows that it has it → offered; when it does nothing for a
 *   while, it is told again, of the same URL. Refused for good, or three times → offerFailed.
 * offered → downloading → downloaded → installing → installed: as the charger says, in whatever order, and passed on to
 *   the CSMS word for word, repetitions left out. DownloadFailed and InstallationFailed are its word too.
 * expired: the charger had its time, has all of the image, and has not said how it ended: nobody knows.
 * superseded, cancelled: by the next UpdateFirmware, or by the operator.
 * takenBack: by its campaign, before the charger heard of it.
 *
 * The gateway itself says nothing but DownloadFailed, and only when the charger cannot get the image any more: it was
 * not fetched, not offered, or its ticket has ended before all of it had left. (Statuses may be inferred for chargers
 * that never say any; the transcript tells which.) Of a signed image it says InvalidSignature too, and SignatureVerified
 * when the charger says that it has it, and all of it has left.
 * Of an update that a campaign began, the CSMS hears what the charger says; the gateway's own DownloadFailed only when
 * it has heard of that update before.
 *
 * After a restart the spool's hold and the ticket are taken again, with the same credentials, and the job goes on where
 * it was.
 */

const pausesMs = {
  unreachable: 60_000,
  refused: 60_000,
  untimely: 60_000,
  evidence: 60_000,
  evidenceAfterRestart: 15_000,
};
const mostRefusals = 3;

export class FirmwareRun {
  readonly #dossier: Dossier<FirmwareTransfer>;
  readonly #parts: RunParts;
  readonly #pace: Pace;
  readonly #stop = new AbortController();
  #refusals = 0;
  /** As `sentBytes` of the job, and a little ahead of it. */
  #sentBytes: number;

  constructor(job: FirmwareTransfer, parts: RunParts) {
    this.#sentBytes = job.sentBytes;
    this.#dossier = new Dossier(job, parts);
    this.#parts = parts;
    this.#pace = new Pace(parts.clock, parts.log);
  }

  get job(): FirmwareTransfer {
    return this.#dossier.job;
  }

  note(line: string): void {
    this.#dossier.note(line);
  }

  flush(): Promise<void> {
    return this.#dossier.flush();
  }

  /** Takes hold again of what an earlier run had. */
  async resume(): Promise<void> {
    const { file, ticket, state } = this.job;
    if (file === undefined) return;
    this.note('the gateway started again');
    if (!this.#parts.spool.hold(file.sha256, holderOf(this.job))) {
      await this.#dossier.change(() => ({ to: { state: 'accepted' }, note: 'its image is gone: fetched again' }));
      return;
    }
    if (ticket !== undefined && inHands.has(state)) await this.#reopen(ticket);
    if (state === 'offering') this.#pace.pause(pausesMs.evidenceAfterRestart);
  }

  /** Looks for what is due; called now and then, and when something has happened. */
  look(): void {
    if (!this.job.open || this.#stop.signal.aborted || !this.#pace.isFree) return;
    const again = (): void => this.look();
    if (this.#isTooLate()) return this.#pace.start('expiry', () => this.#expire(), again);
    if (this.job.state === 'accepted') this.#pace.start('fetch', () => this.#fetch(), again);
    if (this.#mayOffer()) this.#pace.start('offer', () => this.#offer(), again);
  }

  /** The charger has spoken. */
  heard(): void {
    if (this.job.state !== 'verified') return;
    this.#pace.hurry();
    this.look();
  }

  /** The charger says how it goes. `pass`: it speaks of something else. */
  async status(status: string): Promise<'taken' | 'pass'> {
    const { open, state, told, afterOffer } = this.job;
    if (!open) return this.#afterEnd(status);
    if (!inHands.has(state)) return this.#ofAnother(status, afterOffer);
    if (isToldAgain(status, told) || this.#isInferredAlready(status)) return this.#repeated();
    if (status === 'Idle') return this.#ofAnother(status, true);
    this.#contradict(status);
    const next = stateOfStatus[status] ?? state;
    const note = `the charger says ${status}`;
    await this.#advance(next, status, note);
    return 'taken';
  }

  async #advance(next: FirmwareState, status: string, note: string): Promise<void> {
    const isEnd = ends.has(next);
    await this.#dossier.change((job) => {
      const { tell, ...signatureTold } = withSignature(job, status, this.#isAllSent());
      return { to: { state: next, open: !isEnd, ...signatureTold }, tell, note };
    });
    if (isEnd) await this.#end();
  }

  /** Bytes have left for the charger. */
  async sent(to: number, whole: boolean): Promise<void> {
    const inferred = whole ? ['Downloading', 'Downloaded'] : ['Downloading'];
    this.#sentBytes = Math.max(this.#sentBytes, to);
    await this.#dossier.change(({ state }) => ({
      to: { sentBytes: this.#sentBytes, ...(state === 'offering' ? { state: 'offered' } : {}) },
    }));
    for (const status of inferred) await this.#infer(status);
  }

  async booted(version: string | undefined): Promise<void> {
    if (!this.isInHands) return;
    this.note(`the charger booted with firmware ${version ?? 'unknown'}`);
    if (this.#isAllSent() && version !== this.job.versionBefore) await this.#infer('Installed');
  }

  /** The charger may be at work on it. */
  get isInHands(): boolean {
    return this.job.open && inHands.has(this.job.state);
  }

  /** What TriggerMessage is answered with: Idle only when nothing is open (OCPP 1.6 §4.5). */
  current(): string {
    const { open, askedBy, told, requestId } = this.job;
    if (!open || (askedBy === 'campaign' && !this.isInHands)) return 'Idle';
    return told ?? (requestId === undefined ? 'Downloading' : 'DownloadScheduled');
  }

  /** Ends the job before its time. */
  async cancel(state: 'superseded' | 'cancelled', reason: string): Promise<void> {
    const changed = await this.#dossier.change((job) => {
      if (!job.open) return undefined;
      const change = { to: { state, open: false, reason }, note: reason } as const;
      // The next job's statuses would be taken for this one's.
      return state === 'cancelled' && !this.#mayHaveAll() ? { ...change, ...this.#ownWord(job) } : change;
    });
    if (changed) await this.#end();
  }

  /** Ends the job if its charger has not heard of it. */
  async takeBack(): Promise<void> {
    const reason = 'taken back by its campaign';
    const changed = await this.#dossier.change(({ open, state }) =>
      open && (state === 'accepted' || state === 'verified')
        ? { to: { state: 'takenBack', open: false, reason }, note: reason }
        : undefined,
    );
    if (changed) await this.#end();
  }

  /** Ends what is under way; the job stays as it is, for the next start. */
  suspend(): void {
    this.#stop.abort(new TransferError('Cancelled', 'the gateway stops'));
  }

  // ------------------------------------------------------------------------------------------------ the image

  async #fetch(): Promise<void> {
    const { fetcher, settings } = this.#parts;
    const { location, request, expected } = this.job;
    const { least, most } = settings.imageBytes;
    const wish = {
      location,
      persistence: persistenceOf(request),
      minBytes: expected?.bytes ?? least,
      maxBytes: Math.min(expected?.bytes ?? most, most),
      ...(expected === undefined ? {} : { sha256: expected.sha256 }),
    };
    try {
      const note = (line: string): void => this.note(line);
      const { file, name, from } = await fetcher.fetch(wish, holderOf(this.job), note, this.#stop.signal);
      const problem = await signatureProblem(this.job, file.sha256, this.#parts);
      if (problem !== undefined) {
        this.#parts.spool.release(file.sha256, holderOf(this.job));
        return await this.#fail('invalidSignature', problem, 'InvalidSignature');
      }
      await this.#dossier.change(({ state, signature }) => {
        const proof = signature === undefined ? '' : ', and as it was signed';
        return state === 'accepted'
          ? { to: { state: 'verified', file, name }, note: `image verified (${from}): ${file.bytes} bytes${proof}` }
          : undefined;
      });
    } catch (thrown) {
      if (!(thrown instanceof TransferError)) throw thrown;
      if (!this.#stop.signal.aborted) await this.#fail('fetchFailed', `${thrown.code}: ${thrown.message}`);
    }
  }

  // ------------------------------------------------------------------------------------------------ the offer

  async #offer(): Promise<void> {
    const { line, door, settings, schemes } = this.#parts;
    const { station, file, name = 'image.bin', request } = this.job;
    const charger = line().charger(station);
    if (charger?.address === undefined || file === undefined) return this.#pace.pause(pausesMs.unreachable);
    const wishes = settings.station(station);
    const wish = {
      job: nameOf(this.job),
      scheme: await schemes.of(station, wishes),
      flat: wishes.flat,
      addresses: [charger.address],
      expiresAtMs: this.#startsAtMs() + settings.ticketMs,
      ...(this.job.ticket === undefined ? {} : { credentials: this.job.ticket.credentials }),
    };
    if (!(await this.#parts.mayOffer(this.job))) return this.#pace.pause(pausesMs.untimely);
    if (!this.#mayOffer()) return;
    const ticket = await door().offer({ ...wish, ...bandwidthOf(this.job), file, name });
    const offering = await this.#dossier.change(({ offers }) => {
      if (!this.#mayOffer()) return undefined;
      const kept = { ticket: keptTicket(wish, ticket), versionBefore: charger.firmwareVersion ?? 'unknown' };
      return { to: { state: 'offering', offers: offers + 1, ...kept }, note: `offered by ${wish.scheme}` };
    });
    if (!offering) return;
    await this.#told(await line().call(station, 'UpdateFirmware', { ...request, location: ticket.url }));
  }

  #mayOffer(): boolean {
    const { state } = this.job;
    return !this.#stop.signal.aborted && (state === 'verified' || state === 'offering');
  }

  /** What became of UpdateFirmware.req. */
  async #told(delivery: Delivery): Promise<void> {
    if (this.#stop.signal.aborted) return;
    switch (delivery.kind) {
      case 'answered':
        await this.#move('offering', { state: 'offered' }, 'the charger accepts');
        return;
      case 'refused':
        this.#refusals += 1;
        if (delivery.code === 'NotSupported' || delivery.code === 'NotImplemented' || this.#refusals >= mostRefusals) {
          return this.#fail('offerFailed', `the charger refuses: ${delivery.code} ${delivery.description}`);
        }
        this.#pace.pause(pausesMs.refused);
        await this.#move('offering', { state: 'verified' }, `the charger refuses: ${delivery.code}; again in a minute`);
        return;
      case 'unreachable':
        this.#pace.pause(delivery.sent ? pausesMs.evidence : pausesMs.unreachable);
        if (delivery.sent) this.note(`no answer (${delivery.reason}): it may have heard`);
        else await this.#move('offering', { state: 'verified' }, `not reached: ${delivery.reason}`);
    }
  }

  async #move(from: FirmwareState, to: Partial<FirmwareTransfer>, note: string): Promise<void> {
    await this.#dossier.change(({ state }) => (state === from ? { to, note } : undefined));
  }

  async #reopen(ticket: KeptTicket): Promise<void> {
    const { file, name = 'image.bin' } = this.job;
    const invitation = { ...invitationOf(this.job, ticket), ...bandwidthOf(this.job) };
    if (file !== undefined) await this.#parts.door().offer({ ...invitation, file, name });
  }

  // ------------------------------------------------------------------------------------------------ what is said

  /** A charger that is late speaks of what it was offered: in the form in which the CSMS asked. */
  async #afterEnd(status: string): Promise<'taken' | 'pass'> {
    const { told, requestId, offers } = this.job;
    if (isToldAgain(status, told)) return this.#repeated();
    if (requestId === undefined || offers === 0 || status === 'Idle') return 'pass';
    await this.#dossier.change((job) => {
      const { tell, ...to } = withSignature(job, status, this.#isAllSent());
      return { to, tell, note: `the charger says ${status}, after the end` };
    });
    return 'taken';
  }

  #repeated(): 'taken' {
    this.#parts.meters.repeated('firmware');
    return 'taken';
  }

  /** This job has not reached the charger: what it speaks of is the one before, which the CSMS has given up. */
  #ofAnother(status: string, afterOffer: boolean): 'taken' | 'pass' {
    if (!afterOffer) return 'pass';
    this.note(`the charger says ${status}, which is not of this update`);
    return 'taken';
  }

  #contradict(status: string): void {
    if ((status !== 'Downloaded' && status !== 'Installed') || this.#isAllSent()) return;
    const { station, file } = this.job;
    this.#parts.meters.contradiction('downloaded');
    this.note(`but ${this.#sentBytes} of ${file?.bytes ?? 0} bytes have left this gateway`);
    this.#parts.log.warn('charger claims what it cannot have', { station, status, sentBytes: this.#sentBytes });
  }

  async #infer(status: string): Promise<void> {
    const { station, told = '' } = this.job;
    if (!this.#parts.settings.station(station).inferStatus || !this.job.open) return;
    if (signedProgress.indexOf(status) <= signedProgress.indexOf(told)) return;
    const next = stateOfStatus[status] ?? this.job.state;
    await this.#advance(next, status, `inferred ${status} from what the charger does`);
  }

  /** The charger says late what was inferred before. */
  #isInferredAlready(status: string): boolean {
    const { station, told = '' } = this.job;
    const place = signedProgress.indexOf(status);
    return this.#parts.settings.station(station).inferStatus && place >= 0 && place <= signedProgress.indexOf(told);
  }

  // ------------------------------------------------------------------------------------------------ the end

  #isAllSent(): boolean {
    const { file } = this.job;
    return file !== undefined && this.#sentBytes >= file.bytes;
  }

  /** As far as bytes and the charger's own word tell. */
  #mayHaveAll(): boolean {
    return this.#isAllSent() || this.job.state === 'downloaded' || this.job.state === 'installing';
  }

  #startsAtMs(): number {
    const retrieveMs = Date.parse(String(this.job.request['retrieveDate']));
    return Math.max(this.#parts.clock.now(), Number.isNaN(retrieveMs) ? 0 : retrieveMs);
  }

  #isTooLate(): boolean {
    const { state, ticket, createdAtMs } = this.job;
    const nowMs = this.#parts.clock.now();
    if (state === 'accepted') return false;
    const waits = state === 'verified' || state === 'offering';
    if (waits) return nowMs >= createdAtMs + this.#parts.settings.offerMs;
    return ticket !== undefined && nowMs >= ticket.expiresAtMs;
  }

  async #expire(): Promise<void> {
    const { state, file } = this.job;
    if (state === 'verified') return this.#fail('offerFailed', 'the charger could not be reached in time');
    // From here on it cannot get the rest.
    await this.#parts.door().withdraw(nameOf(this.job));
    if (!this.#mayHaveAll()) {
      return this.#fail(
        'downloadFailed',
        `${this.#sentBytes} of ${file?.bytes ?? 0} bytes had left when its time was over`,
      );
    }
    const reason = 'the charger has the image, and never said how it ended';
    await this.#dossier.change(({ open }) =>
      open ? { to: { state: 'expired', open: false, reason }, note: reason } : undefined,
    );
    await this.#end();
  }

  async #fail(state: FirmwareState, reason: string, tell = 'DownloadFailed'): Promise<void> {
    const changed = await this.#dossier.change((job) =>
      job.open ? { to: { state, open: false, reason }, ...this.#ownWord(job, tell), note: reason } : undefined,
    );
    if (changed) await this.#end();
  }

  /** Of an update that it did not ask for, the CSMS hears no end when it heard no beginning. */
  #ownWord({ askedBy, told }: FirmwareTransfer, tell = 'DownloadFailed'): { readonly tell?: string } {
    return askedBy === 'campaign' && told === undefined ? {} : { tell };
  }

  async #end(): Promise<void> {
    const { station, id, state, file, reason } = this.job;
    this.#stop.abort(new TransferError('Cancelled', 'the job is over'));
    this.#parts.meters.ended('firmware', state);
    this.#parts.log.info('transfer ended', { station, job: id, kind: 'firmware', state, reason });
    await this.#parts.door().withdraw(nameOf(this.job));
    if (file !== undefined) this.#parts.spool.release(file.sha256, holderOf(this.job));
    this.#parts.ended();
  }
}

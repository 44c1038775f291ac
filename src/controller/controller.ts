import type { SitesDoor, SiteStatus } from '../charging/site/ports.ts';
import { changedLink, linkKey, linkValues } from '../gateway/link-keys.ts';
import type {
  Clock,
  CommandReply,
  CsmsDoor,
  CsmsLinks,
  Delivery,
  LinkSettings,
  Log,
  Payload,
} from '../gateway/ports.ts';
import { OcppError } from '../ocpp/errors.ts';
import { isSecurityAction } from '../ocpp/security-extension.ts';
import { answerCommand, type Triggered } from './commands.ts';
import { accessTo, configuration, heartbeatIntervalOf, heartbeatKey, longestHeartbeatS } from './configuration.ts';
import type { ControllerSettings, ControllerStore } from './settings.ts';
import { pictureOf, statusOf } from './status.ts';

/*
 * The gateway as a station of its own: the Local Controller of OCPP 1.6 §3.12.4, a charge point without connectors.
 *
 * unaccepted: since the start or a Reset the CSMS has accepted no boot. A link that opens begins with a BootNotification,
 *   again at the interval while the CSMS says Pending or Rejected, or with back-off while it gives no answer that could be
 *   used. Nothing else is sent, unless the CSMS triggers it (§4.2).
 * accepted: Heartbeats at the interval, and a StatusNotification of connector 0 whenever it is another one. A link that is
 *   regained needs no boot, since the controller has not booted; `bootOnReconnect` may want one.
 *
 * Nothing is kept for a CSMS that is away: what the status is then, it hears when it is back.
 */

export type ControllerParts = {
  readonly settings: ControllerSettings;
  readonly store: ControllerStore;
  readonly sites: Pick<SitesDoor, 'sites' | 'status' | 'answer'>;
  readonly links: (door: CsmsDoor) => CsmsLinks;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1): what retries leave to chance. */
  readonly chance?: () => number;
};

export type Controller = {
  /** Opens its link; after other settings, anew if it is another one now. */
  open(): void;
  /** Ends its link with a proper close. */
  stop(): Promise<void>;
};

/** What the CSMS leaves to us (OCPP 1.6 §6.8: interval 0). */
const defaultHeartbeatS = 300;
const bootAgain = { leastMs: 10_000, usualMs: 60_000, mostMs: 300_000 } as const;
/** How soon an alarm is told of; shorter ones are none (MinimumStatusDuration). */
const lookMs = 10_000;

/** Reads what the CSMS has changed, and opens the link. */
export async function startController(parts: ControllerParts): Promise<Controller> {
  const { settings, store } = parts;
  const controller = new LocalController(parts, await store.settings(settings.identity));
  controller.open();
  return controller;
}

class LocalController implements Controller, CsmsDoor {
  readonly #parts: ControllerParts;
  readonly #links: CsmsLinks;
  #changes: Readonly<Record<string, string>>;
  #heartbeatS: number;
  #isOpen = false;
  #isAccepted = false;
  /** Where its link leads. */
  #url = '';
  #failures = 0;
  /** The picture of the status that the CSMS has got. */
  #told = '';
  #cancelBoot: () => void = () => undefined;
  #cancelHeartbeat: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;

  constructor(parts: ControllerParts, changes: Readonly<Record<string, string>>) {
    this.#parts = parts;
    this.#changes = changes;
    this.#heartbeatS = heartbeatIntervalOf(changes[heartbeatKey] ?? '') ?? defaultHeartbeatS;
    this.#links = parts.links(this);
  }

  open(): void {
    const { url } = this.#parts.settings.link;
    // another CSMS has seen no boot
    if (url !== this.#url) this.#isAccepted = false;
    this.#url = url;
    this.#links.open(this.#identity, this.#link);
  }

  async stop(): Promise<void> {
    this.#rest();
    await this.#links.shutdown();
  }

  // ---------------------------------------------------------------------------------------------- the link

  lacks(_: string, action: string): boolean {
    return isSecurityAction(action);
  }

  linkOpened(): void {
    this.#isOpen = true;
    this.#failures = 0;
    if (this.#isAccepted && this.#parts.settings.bootOnReconnect !== 'always') this.#serve();
    else this.#boot();
  }

  linkClosed(): void {
    this.#isOpen = false;
    this.#rest();
  }

  async command(_station: string, action: string, payload: Payload): Promise<CommandReply> {
    try {
      return { kind: 'answered', payload: await answerCommand(this.#inside, action, payload) };
    } catch (thrown) {
      if (!(thrown instanceof OcppError)) {
        this.#parts.log.error('command failed', { station: this.#identity, action }, thrown);
      }
      return { kind: 'refused', error: OcppError.from(thrown) };
    }
  }

  // ---------------------------------------------------------------------------------------------- boot

  #boot(): void {
    this.#cancelBoot();
    const { version } = this.#parts.settings;
    const payload = {
      chargePointVendor: 'ocpp-edge',
      chargePointModel: 'LocalController',
      firmwareVersion: version.slice(0, 50),
    };
    this.#send('BootNotification', payload, (delivery) => this.#booted(delivery));
  }

  #booted(delivery: Delivery): void {
    if (delivery.kind !== 'answered') {
      const reason = delivery.kind === 'refused' ? delivery.code : delivery.reason;
      this.#parts.log.warn('controller boot not answered', { station: this.#identity, reason });
      return this.#bootLater(this.#backOffMs());
    }
    const { status } = delivery.payload;
    const intervalS = Math.min(Number(delivery.payload['interval']), longestHeartbeatS);
    this.#parts.log.info('controller boot answered by csms', { station: this.#identity, status, intervalS });
    this.#failures = 0;
    this.#isAccepted = status === 'Accepted';
    const wishedMs = intervalS > 0 ? intervalS * 1000 : bootAgain.usualMs;
    if (!this.#isAccepted) return this.#bootLater(Math.max(wishedMs, bootAgain.leastMs));
    if (intervalS > 0) this.#heartbeatS = intervalS;
    this.#told = '';
    this.#serve();
  }

  #bootLater(ms: number): void {
    this.#cancelHeartbeat();
    this.#cancelLook();
    this.#cancelBoot();
    if (this.#isOpen) this.#cancelBoot = this.#parts.clock.after(ms, () => this.#boot());
  }

  /** Doubling, half of it left to chance. */
  #backOffMs(): number {
    this.#failures += 1;
    const longestMs = Math.min(bootAgain.mostMs, bootAgain.leastMs * 2 ** Math.min(this.#failures, 10));
    return longestMs * (0.5 + (this.#parts.chance ?? Math.random)() / 2);
  }

  // ---------------------------------------------------------------------------------------------- in service

  #serve(): void {
    this.#beatLater();
    this.#look();
  }

  #beatLater(): void {
    this.#cancelHeartbeat();
    this.#cancelHeartbeat = this.#parts.clock.after(this.#heartbeatS * 1000, () => {
      this.#send('Heartbeat', {}, () => undefined);
      this.#beatLater();
    });
  }

  #look(): void {
    this.#cancelLook();
    if (pictureOf(this.#status()) !== this.#told) this.#tell();
    this.#cancelLook = this.#parts.clock.after(lookMs, () => this.#look());
  }

  #tell(): void {
    const status = this.#status();
    const payload = { ...statusOf(status), timestamp: new Date(this.#parts.clock.now()).toISOString() };
    this.#send('StatusNotification', payload, ({ kind }) => {
      // one that was refused would be again
      if (kind !== 'unreachable') this.#told = pictureOf(status);
    });
  }

  #status(): SiteStatus | undefined {
    const site = this.#site();
    return site === undefined ? undefined : this.#parts.sites.status(site);
  }

  /** Answers that come when the link is gone are of no use. */
  #send(action: Triggered, payload: Payload, settled: (delivery: Delivery) => void): void {
    const { settings, log } = this.#parts;
    this.#links.deliver(this.#identity, action, payload, settings.csmsDeadlineMs).then(
      (delivery) => {
        if (this.#isOpen) settled(delivery);
      },
      (cause: unknown) => log.error('background work failed', { work: `${action} of the controller` }, cause),
    );
  }

  #rest(): void {
    this.#cancelBoot();
    this.#cancelHeartbeat();
    this.#cancelLook();
  }

  // ---------------------------------------------------------------------------------------------- commands

  readonly #inside = {
    sites: { answer: (...call: Parameters<SitesDoor['answer']>) => this.#parts.sites.answer(...call) },
    site: () => this.#site(),
    configuration: (requested: readonly string[]) =>
      configuration({
        requested,
        heartbeatIntervalS: this.#heartbeatS,
        hasSite: this.#site() !== undefined,
        link: linkValues(this.#link, this.#changes),
      }),
    change: (key: string, value: string) => this.#change(key, value),
    restart: () => this.#soon(() => this.#restart()),
    send: (message: Triggered) => this.#soon(() => this.#trigger(message)),
  };

  async #change(key: string, value: string): Promise<'Accepted' | 'Rejected' | 'NotSupported'> {
    switch (accessTo(key, this.#site() !== undefined)) {
      case 'link':
        return this.#changeLink(key, value);
      case 'heartbeat':
        return this.#changeHeartbeat(value);
      case 'readonly':
        return 'Rejected';
      case 'unknown':
        return 'NotSupported';
    }
  }

  async #changeLink(name: string, value: string): Promise<'Accepted' | 'Rejected'> {
    const key = linkKey(name);
    const current = linkValues(this.#link, this.#changes)[key?.key ?? ''];
    if (key === undefined || key.problem(value, current) !== undefined) return 'Rejected';
    await this.#keep(key.key, value);
    this.open();
    return 'Accepted';
  }

  async #changeHeartbeat(value: string): Promise<'Accepted' | 'Rejected'> {
    const intervalS = heartbeatIntervalOf(value);
    if (intervalS === undefined) return 'Rejected';
    await this.#keep(heartbeatKey, value);
    this.#heartbeatS = intervalS;
    if (this.#isOpen && this.#isAccepted) this.#beatLater();
    return 'Accepted';
  }

  async #keep(key: string, value: string): Promise<void> {
    await this.#parts.store.saveSetting(this.#identity, key, value);
    this.#changes = { ...this.#changes, [key]: value };
  }

  #restart(): void {
    this.#isAccepted = false;
    this.#links.close(this.#identity);
    this.open();
  }

  #trigger(message: Triggered): void {
    switch (message) {
      case 'BootNotification':
        return this.#boot();
      case 'Heartbeat':
        return this.#send('Heartbeat', {}, () => undefined);
      case 'StatusNotification':
        return this.#tell();
    }
  }

  /** When the answer that is being given has left. */
  #soon(run: () => void): void {
    this.#parts.clock.after(0, () => {
      if (this.#isOpen) run();
    });
  }

  // ---------------------------------------------------------------------------------------------- what it is

  get #identity(): string {
    return this.#parts.settings.identity;
  }

  get #link(): LinkSettings {
    return changedLink(this.#parts.settings.link, this.#changes);
  }

  /** Sites come and go with their files. */
  #site(): string | undefined {
    const { settings, sites } = this.#parts;
    const [first, ...others] = sites.sites();
    if (settings.site !== undefined) return sites.sites().find((site) => site === settings.site);
    return others.length === 0 ? first : undefined;
  }
}

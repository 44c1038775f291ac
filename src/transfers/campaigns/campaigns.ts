import type { Clock, Log } from '../../gateway/ports.ts';
import type { Spool } from '../ports.ts';
import { Turns } from '../turns.ts';
import { decide, type Facts, mayOffer } from './decide.ts';
import type {
  Campaign,
  CampaignOrder,
  CampaignPlan,
  CampaignReply,
  CampaignsDesk,
  CampaignStore,
  CampaignUpdates,
  CampaignView,
  CampaignWatch,
  Member,
} from './ports.ts';
import { select, type Selection } from './selection.ts';
import { viewOf } from './view.ts';
import { openingOf } from './windows.ts';

export type CampaignParts = {
  readonly store: CampaignStore;
  readonly updates: CampaignUpdates;
  readonly spool: Pick<Spool, 'hold' | 'release'>;
  /** Reads the campaign files; `reason` is for people. */
  readonly orderOf: (name: string) => CampaignReply<CampaignOrder>;
  readonly clock: Clock;
  readonly log: Log;
};

/** Jobs end and chargers boot several at a time. */
const settleMs = 500;

/**
 * All campaigns that were ever started. Everything that changes one is done in turn, and memory follows the disk; what is
 * to be done is decided in `decide.ts`.
 *
 * Each firmware job carries the run that it belongs to, and is on disk before its campaign says so. Where that could not be
 * said any more (a crash, a disk that is full), the jobs are asked before anything else is begun.
 *
 * The image stays in the spool until the campaign is over: a location with a signature does not live as long as its waves.
 */
export class Campaigns implements CampaignsDesk, CampaignWatch {
  readonly #parts: CampaignParts;
  readonly #byName = new Map<string, Campaign>();
  /** Names of campaigns that may have begun more than they say. */
  readonly #unsure = new Set<string>();
  readonly #turns = new Turns();
  #looksSoon = false;
  #stopped = false;
  #cancelLook: () => void = () => undefined;

  constructor(parts: CampaignParts) {
    this.#parts = parts;
  }

  /** Reads what an earlier run left. */
  async load(): Promise<void> {
    for (const campaign of await this.#parts.store.campaigns()) {
      this.#byName.set(campaign.order.name, campaign);
      this.#unsure.add(campaign.order.name);
    }
  }

  /** Ends all work; what is under way is found at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook();
    await this.#turns.take(() => Promise.resolve());
  }

  /** Looks for what is due, at each minute. A look that is still under way takes the place of the next. */
  tick(): void {
    this.#lookIn(0);
  }

  stirred(): void {
    this.#lookIn(settleMs);
  }

  async mayOffer(run: string, station: string): Promise<boolean> {
    const campaign = [...this.#byName.values()].find((candidate) => runOf(candidate) === run);
    if (campaign === undefined) return false;
    this.#holdImage(campaign);
    const charger = (await this.#parts.updates.fleet()).find(({ identity }) => identity === station);
    return mayOffer(campaign, charger, this.#parts.clock.now());
  }

  // ------------------------------------------------------------------------------------------------ the operator

  campaigns(): Promise<readonly CampaignView[]> {
    return this.#turns.take(() => Promise.all([...this.#byName.values()].map((campaign) => this.#view(campaign))));
  }

  status(name: string): Promise<CampaignReply<CampaignView>> {
    return this.#turns.take(async () => this.#known(name) ?? done(await this.#view(this.#present(name))));
  }

  async plan(name: string): Promise<CampaignReply<CampaignPlan>> {
    const found = this.#parts.orderOf(name);
    if (found.kind !== 'done') return found;
    const { targetVersion } = found.value;
    const opening = openingOf(found.value, this.#parts.clock.now());
    return done({ name, targetVersion, ...(await this.#selection(found.value)), opening });
  }

  start(name: string): Promise<CampaignReply<CampaignView>> {
    return this.#turns.take(async () => {
      const before = this.#byName.get(name);
      if (before?.state === 'running' || before?.state === 'paused') {
        return refused(`campaign ${name} is ${before.state} since ${iso(before.runningSinceMs)}`);
      }
      const found = this.#parts.orderOf(name);
      if (found.kind !== 'done') return found;
      const { members } = await this.#selection(found.value);
      if (members.length === 0) return refused(`campaign ${name} selects no charger: see \`campaign plan ${name}\``);
      const campaign = this.#begun(found.value, members, (before?.run ?? 0) + 1);
      await this.#keep(campaign, campaign.members);
      return this.#lookedAt(name);
    });
  }

  pause(name: string): Promise<CampaignReply<CampaignView>> {
    return this.#turned(name, ['running'], () => ({ state: 'paused' }));
  }

  resume(name: string): Promise<CampaignReply<CampaignView>> {
    return this.#turned(name, ['paused'], (nowMs) => ({ state: 'running', runningSinceMs: nowMs }));
  }

  abort(name: string): Promise<CampaignReply<CampaignView>> {
    return this.#turned(name, ['running', 'paused'], () => ({ state: 'aborted', reason: 'by the operator' }));
  }

  #turned(
    name: string,
    from: readonly Campaign['state'][],
    change: (nowMs: number) => Partial<Campaign>,
  ): Promise<CampaignReply<CampaignView>> {
    return this.#turns.take(async () => {
      const strange = this.#known(name);
      if (strange !== undefined) return strange;
      const campaign = this.#present(name);
      if (!from.includes(campaign.state)) return refused(`campaign ${name} is ${campaign.state}`);
      const nowMs = this.#parts.clock.now();
      await this.#keep({ ...campaign, changedAtMs: nowMs, ...change(nowMs) }, []);
      return this.#lookedAt(name);
    });
  }

  #begun(order: CampaignOrder, members: Selection['members'], run: number): Campaign {
    const nowMs = this.#parts.clock.now();
    return {
      order,
      run,
      state: 'running',
      startedAtMs: nowMs,
      changedAtMs: nowMs,
      runningSinceMs: nowMs,
      members: members.map((member) => ({ ...member, phase: { kind: 'waiting' } })),
    };
  }

  async #lookedAt(name: string): Promise<CampaignReply<CampaignView>> {
    await this.#look(this.#present(name));
    return done(await this.#view(this.#present(name)));
  }

  /** Why nothing can be said of a campaign; undefined: it was started. */
  #known(name: string): CampaignReply<CampaignView> | undefined {
    if (this.#byName.has(name)) return undefined;
    const found = this.#parts.orderOf(name);
    return found.kind === 'done' ? refused(`campaign ${name} was never started`) : found;
  }

  #present(name: string): Campaign {
    const campaign = this.#byName.get(name);
    if (campaign === undefined) throw new Error(`no campaign ${name}`);
    return campaign;
  }

  async #selection(order: CampaignOrder): Promise<Selection> {
    return select(order, await this.#parts.updates.fleet());
  }

  async #view(campaign: Campaign): Promise<CampaignView> {
    return viewOf(campaign, await this.#facts(campaign), this.#parts.clock.now());
  }

  // ------------------------------------------------------------------------------------------------ what is due

  #lookIn(ms: number): void {
    if (this.#looksSoon || this.#stopped || ![...this.#byName.values()].some(isLive)) return;
    this.#looksSoon = true;
    this.#cancelLook = this.#parts.clock.after(ms, () => {
      this.#turns
        .take(() => this.#lookAtAll())
        .catch((cause: unknown) => this.#parts.log.error('campaigns not looked at', {}, cause));
    });
  }

  async #lookAtAll(): Promise<void> {
    this.#looksSoon = false;
    for (const campaign of this.#byName.values()) {
      if (this.#stopped) return;
      if (isLive(campaign)) await this.#look(campaign);
    }
  }

  async #look(campaign: Campaign): Promise<void> {
    const { updates, clock } = this.#parts;
    const sure = this.#unsure.has(campaign.order.name) ? await this.#ascertain(campaign) : campaign;
    const decision = decide(sure, await this.#facts(sure), clock.now());
    await this.#keep(decision.campaign, decision.changed);
    for (const job of decision.takeBack) await updates.takeBack(job);
    for (const station of decision.begin) await this.#begin(this.#present(campaign.order.name), station);
    this.#holdImage(this.#present(campaign.order.name));
  }

  #holdImage(campaign: Campaign): void {
    const { sha256 } = campaign.order.image;
    const holder = `campaign:${runOf(campaign)}`;
    if (isLive(campaign)) this.#parts.spool.hold(sha256, holder);
    else this.#parts.spool.release(sha256, holder);
  }

  async #begin(campaign: Campaign, station: string): Promise<void> {
    const { updates, clock, log } = this.#parts;
    const { name, image, bytesPerS } = campaign.order;
    const { location, ...expected } = image;
    const mark = { run: runOf(campaign), ...(bytesPerS === undefined ? {} : { bytesPerS }) };
    this.#unsure.add(name);
    const job = await updates.begin(station, { location, expected, campaign: mark });
    if (job !== undefined) {
      const phase = { kind: 'updating', job, atMs: clock.now() } as const;
      await this.#keep(...withPhases(campaign, new Map([[station, phase]])));
      log.info('campaign update begun', { campaign: name, station, job });
    }
    this.#unsure.delete(name);
  }

  /** Finds jobs that were begun for a campaign and that it does not know of. */
  async #ascertain(campaign: Campaign): Promise<Campaign> {
    const jobs = await this.#parts.updates.jobsOf(runOf(campaign));
    const begun = jobs.filter(({ state }) => state !== 'takenBack');
    const waiting = new Set(
      campaign.members.flatMap(({ station, phase }) => (phase.kind === 'waiting' ? station : [])),
    );
    const found = begun.flatMap(({ id, station, changedAtMs }) =>
      waiting.has(station) ? [[station, { kind: 'updating', job: id, atMs: changedAtMs }] as const] : [],
    );
    const [sure, changed] = withPhases(campaign, new Map(found));
    await this.#keep(sure, changed);
    this.#unsure.delete(campaign.order.name);
    return sure;
  }

  async #facts({ members }: Campaign): Promise<Facts> {
    const { updates } = this.#parts;
    const ids = members.flatMap(({ phase }) => (phase.kind === 'updating' ? phase.job : []));
    const jobs = await Promise.all(ids.map((id) => updates.job(id)));
    const chargers = await updates.fleet();
    return {
      chargers: new Map(chargers.map((charger) => [charger.identity, charger])),
      jobs: new Map(jobs.flatMap((job) => (job === undefined ? [] : [[job.id, job] as const]))),
    };
  }

  async #keep(campaign: Campaign, changed: readonly Member[]): Promise<void> {
    const { name } = campaign.order;
    const before = this.#byName.get(name);
    if (changed.length === 0 && before === campaign) return;
    const isNews = before?.run !== campaign.run || before.state !== campaign.state;
    if (changed.length > 0 || isNews) await this.#parts.store.saveCampaign(campaign, changed);
    this.#byName.set(name, campaign);
    const { run, state, reason } = campaign;
    for (const { station, phase } of changed) {
      if (phase.kind !== 'over') continue;
      const { outcome, reason: why } = phase;
      this.#parts.log.info('campaign charger ended', { campaign: name, station, outcome, reason: why });
    }
    if (isNews) this.#parts.log.info('campaign changed', { campaign: name, run, state, reason });
  }
}

/** The name under which the jobs of one run are known. */
const runOf = ({ order, run }: Campaign): string => `${order.name}/${run}`;

/** Something may still become of it. */
function isLive({ state, members }: Campaign): boolean {
  if (state === 'running' || state === 'paused') return true;
  return members.some(({ phase }) => phase.kind === 'updating');
}

function withPhases(
  campaign: Campaign,
  phases: ReadonlyMap<string, Member['phase']>,
): readonly [Campaign, readonly Member[]] {
  const changed = campaign.members.flatMap((member) => {
    const phase = phases.get(member.station);
    return phase === undefined ? [] : [{ ...member, phase }];
  });
  const byStation = new Map(changed.map((member) => [member.station, member]));
  const members = campaign.members.map((member) => byStation.get(member.station) ?? member);
  return [{ ...campaign, members }, changed];
}

const done = <T>(value: T): CampaignReply<T> => ({ kind: 'done', value });
const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
const iso = (ms: number): string => new Date(ms).toISOString();

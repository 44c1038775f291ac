import { isDeepStrictEqual } from 'node:util';
import type { PerPhase, Scenario } from '../../../optimizer/site.ts';
import type { Alarm, News, Signal, SiteMemory } from './ports.ts';
import type { SignalRule, SiteSettings } from './settings.ts';
import { checkSignal } from './signal-check.ts';
import { noticeableA } from './stray.ts';

type Kind = Signal['kind'];
type StepsByKind = { readonly [K in Kind]: Extract<Signal, { readonly kind: K }>['steps'] };
type Come = SiteMemory['signals'][number];

/** What the signals say of a plan. */
export type Holding = Pick<Scenario, 'prices' | 'load' | 'pv' | 'external' | 'co2'> & {
  /** Something is lost that the site must not do without: every connector gets its safe share. */
  readonly isCautious: boolean;
  readonly alarms: readonly Alarm[];
};

/** A difference that no plan is made anew for. */
const noticeableKw = 0.5;

/** The last signal of each kind, and what holds when it is too old. Prices and CO2 hold until others come. */
export class Signals {
  readonly #come = new Map<Kind, Come>();
  /** What the last plan was made with. */
  readonly #assumed = new Map<Kind, Signal>();

  constructor(remembered: SiteMemory['signals']) {
    for (const come of remembered) this.#come.set(come.signal.kind, come);
  }

  /** Throws OcppError for a signal that is none. */
  take(signal: Signal, atS: number): News {
    checkSignal(signal);
    this.#come.set(signal.kind, { signal, atS });
    const assumed = this.#assumed.get(signal.kind);
    if (assumed === undefined) return 'session';
    if (isAlike(assumed, signal, atS)) return 'nothing';
    return signal.kind === 'load' && signal.steps.length === 1 ? 'drift' : 'session';
  }

  holding(settings: SiteSettings, atS: number): Holding {
    this.#restamp(atS);
    const come = [...this.#come.values()];
    const losses = come.flatMap((one) => lossOf(one, settings, atS));
    const onLossOf = new Map(losses.map(({ kind, rule }) => [kind, rule.onLoss] as const));
    this.#assumed.clear();
    for (const { signal } of come) {
      const onLoss = onLossOf.get(signal.kind);
      if (onLoss === undefined || onLoss === 'keepLast') this.#assumed.set(signal.kind, signal);
    }
    const kept = stepsByKind(come.map(({ signal }) => signal).filter(({ kind }) => onLossOf.get(kind) !== 'release'));
    return {
      prices: kept.prices,
      load: onLossOf.get('load') === 'staticShare' ? highest(kept.load) : kept.load,
      pv: onLossOf.get('pv') === 'staticShare' ? [] : kept.pv,
      external: kept.external,
      co2: kept.co2.map(({ fromS, gPerKwh }) => ({
        fromS,
        moneyPerKwh: (gPerKwh / 1000) * settings.co2WeightPerKg,
      })),
      isCautious: losses.some(({ rule }) => rule.onLoss === 'staticShare'),
      alarms: losses.map((loss) => lossAlarm(settings.site.id, loss, atS)),
    };
  }

  /** When the next signal gets too old. */
  nextLossS(settings: SiteSettings, atS: number): number | undefined {
    const dueS = [...this.#come.values()].flatMap(({ signal, atS: cameS }) => {
      const rule = ruleOf(signal.kind, settings);
      return rule === undefined ? [] : [cameS + rule.maxAgeS];
    });
    return dueS.filter((lossS) => lossS > atS).toSorted((a, b) => a - b)[0];
  }

  memory(): SiteMemory['signals'] {
    return [...this.#come.values()];
  }

  /** The clock was set back: nothing has come in the future. */
  #restamp(atS: number): void {
    for (const [kind, { signal, atS: cameS }] of this.#come) if (cameS > atS) this.#come.set(kind, { signal, atS });
  }
}

function stepsByKind(signals: readonly Signal[]): StepsByKind {
  let steps: StepsByKind = { load: [], pv: [], external: [], prices: [], co2: [] };
  for (const signal of signals) steps = { ...steps, [signal.kind]: signal.steps };
  return steps;
}

type Loss = { readonly kind: Kind; readonly cameS: number; readonly rule: SignalRule };

function lossOf({ signal: { kind }, atS: cameS }: Come, settings: SiteSettings, atS: number): readonly Loss[] {
  const rule = ruleOf(kind, settings);
  return rule === undefined || atS - cameS < rule.maxAgeS ? [] : [{ kind, cameS, rule }];
}

/** Undefined: it holds until another one comes. */
function ruleOf(kind: Kind, { load, pv, external }: SiteSettings): SignalRule | undefined {
  switch (kind) {
    case 'load':
      return load;
    case 'pv':
      return pv;
    case 'external':
      return external;
    case 'prices':
    case 'co2':
      return undefined;
  }
}

function lossAlarm(siteId: string, { kind, cameS, rule }: Loss, atS: number): Alarm {
  const consequence = {
    keepLast: 'its last value is used on',
    release: 'it is left out',
    staticShare: 'every connector gets its safe share',
  }[rule.onLoss];
  const message = `no "${kind}" for ${Math.round(atS - cameS)} s, expected every ${rule.maxAgeS} s: ${consequence}`;
  return { kind: 'signalLost', about: `${siteId}/${kind}`, message };
}

/** The highest load on each phase, at all times. */
function highest(load: Scenario['load']): Scenario['load'] {
  const first = load[0];
  if (first === undefined) return [];
  const most = (phase: 0 | 1 | 2) =>
    load.reduce((high, { currentA }) => Math.max(high, currentA[phase]), Number.NEGATIVE_INFINITY);
  const currentA: PerPhase<number> = [most(0), most(1), most(2)];
  return [{ fromS: first.fromS, currentA }];
}

/**
 * Near enough to what the last plan was made with. A value that was measured is one step that has begun: since when says
 * nothing.
 */
function isAlike(before: Signal, after: Signal, atS: number): boolean {
  if (before.steps.length !== after.steps.length) return false;
  const isMeasured = [before, after].every(({ steps }) => steps.length === 1 && (steps[0]?.fromS ?? atS) <= atS);
  if (!isMeasured && before.steps.some(({ fromS }, index) => fromS !== after.steps[index]?.fromS)) return false;
  if (before.kind === 'load' && after.kind === 'load') {
    return before.steps.every(({ currentA }, index) =>
      currentA.every((value, phase) => Math.abs(value - (after.steps[index]?.currentA[phase] ?? 0)) <= noticeableA),
    );
  }
  if (before.kind === 'pv' && after.kind === 'pv') {
    return before.steps.every(({ kw }, index) => Math.abs(kw - (after.steps[index]?.kw ?? 0)) <= noticeableKw);
  }
  return before.steps.every((step, index) =>
    isDeepStrictEqual({ ...step, fromS: 0 }, { ...after.steps[index], fromS: 0 }),
  );
}

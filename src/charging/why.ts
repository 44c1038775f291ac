import type { Limitation } from '../../optimizer/limited-by.ts';
import type { InstalledProfile } from '../../optimizer/profile-store.ts';
import type { LimitStep } from '../gateway/charging-port.ts';
import type { WrittenLimit } from './ports.ts';
import type { NodeRule, SiteRule } from './site/ports.ts';

/** What is known of a connector at one moment; currents are A per phase. */
export type WhyFacts = {
  /** How people call it. */
  readonly name: string;
  readonly maxCurrentA: number;
  /** Of a site alone. */
  readonly site: SiteRule | undefined;
  /** Profiles of the CSMS that prevail now, one of a purpose. */
  readonly prevailing: readonly Prevailing[];
  /** What was written last to a charger that the gateway drives. */
  readonly written: WrittenLimit | undefined;
};

export type Prevailing = { readonly installed: InstalledProfile; readonly limitA: number };

/** `holds`: nothing above it flows; `full`: several share it, and nothing is left; `beside`: it limits nothing now. */
type Candidate = Omit<LimitStep, 'binding'> & { readonly role: 'holds' | 'full' | 'beside' };

/** Currents are whole tenths: what is closer than half of one is there. */
const toleranceA = 0.05;

/**
 * The chain from the grid limit to a connector; exactly one step is binding: the lowest of those that hold, of equal ones
 * the nearest to the car. Where that is the plan, and something that the connector shares is full, the plan could give no
 * more: then that is what binds.
 */
export function whyOf({ name, maxCurrentA, site, prevailing, written }: WhyFacts): readonly LimitStep[] {
  const chain: readonly Candidate[] = [
    ...(site === undefined ? [] : [...externalStep(site), ...site.nodes.map(nodeStep), ...toldSteps(site, name)]),
    ...prevailing.map(profileStep),
    ...(site?.carA === undefined ? [] : [carStep(name, site.carA)]),
    connectorStep(name, maxCurrentA),
    ...(written === undefined ? [] : [driverStep(name, written)]),
  ];
  const binding = bindingOf(chain);
  return chain.map((step) => {
    const { kind, about, limitA, words } = step;
    return { kind, about, limitA, binding: step === binding, words };
  });
}

function bindingOf(chain: readonly Candidate[]): Candidate | undefined {
  const holding = chain.filter(({ role }) => role === 'holds');
  const lowestA = Math.min(...holding.map(limitOf));
  const lowest = holding.findLast((step) => limitOf(step) <= lowestA + toleranceA);
  return (lowest?.kind === 'plan' ? chain.find(({ role }) => role === 'full') : undefined) ?? lowest;
}

const limitOf = ({ limitA = Number.POSITIVE_INFINITY }: Candidate) => limitA;

function externalStep({ site, external, nodes }: SiteRule): readonly Candidate[] {
  if (external === undefined) return [];
  const { currentA, kw } = external;
  const limits = [
    ...(currentA === undefined ? [] : [`${currentA.map(ampere).join(', ')} on L1, L2, L3`]),
    ...(kw === undefined ? [] : [`${kw.toFixed(1)} kW in all`]),
  ];
  const isFull = nodes.some((node) => node.isRoot && node.isFull && node.isCommanded);
  return [
    {
      kind: 'external',
      about: site,
      limitA: currentA && Math.min(...currentA),
      words: `From outside, site ${site} is allowed ${limits.join(' and ')}.`,
      role: isFull ? 'full' : 'beside',
    },
  ];
}

function nodeStep({ id, isRoot, limitA, usedA, isFull }: NodeRule): Candidate {
  const used = usedA === undefined ? '' : `; ${ampere(usedA)} of it are in use by the plan`;
  const words = `${isRoot ? 'The site' : 'Everything'} at ${id} may draw ${ampere(limitA)} per phase${used}.`;
  return { kind: isRoot ? 'site' : 'node', about: id, limitA, words, role: isFull ? 'full' : 'beside' };
}

/** The plan holds as soon as the charger was told it; until then what it was told before. */
function toldSteps({ site, plannedA, toldA, limitedBy }: SiteRule, name: string): readonly Candidate[] {
  const isTold = plannedA !== undefined && (toldA === undefined || Math.abs(toldA - plannedA) <= toleranceA);
  const plan: readonly Candidate[] =
    plannedA === undefined
      ? []
      : [
          {
            kind: 'plan',
            about: site,
            limitA: plannedA,
            words: `The plan gives ${name} ${ampere(plannedA)} now${reasonOf(limitedBy)}.`,
            role: isTold ? 'holds' : 'beside',
          },
        ];
  if (isTold || toldA === undefined) return plan;
  const before = plannedA === undefined ? 'It has no car in the plan' : 'The plan has not reached it yet';
  const words = `${before}: the profiles that ${name} was told last allow ${ampere(toldA)}.`;
  return [...plan, { kind: 'share', about: name, limitA: toldA, words, role: 'holds' }];
}

function reasonOf(limitedBy: readonly Limitation[]): string {
  const reasons = [...new Set(limitedBy.map(reasonWords))];
  return reasons.length === 0 ? '' : `; its car will lack energy because of ${reasons.join(', ')}`;
}

function reasonWords({ kind, id }: Limitation): string {
  switch (kind) {
    case 'node':
      return `the limit at ${id}`;
    case 'cap':
      return 'what the car and the connector can';
    case 'profile':
      return `profile ${id} of the CSMS`;
    case 'departure':
      return 'its departure';
    case 'price':
      return 'the price';
    case 'minimumCurrent':
      return 'the least current that a car can take';
  }
}

function profileStep({ installed, limitA }: Prevailing): Candidate {
  const { chargingProfileId, chargingProfilePurpose, stackLevel } = installed.profile;
  const words = `${chargingProfilePurpose} ${chargingProfileId} of the CSMS, level ${stackLevel}, allows ${ampere(limitA)}.`;
  return { kind: 'profile', about: String(chargingProfileId), limitA, words, role: 'holds' };
}

function carStep(name: string, limitA: number): Candidate {
  return { kind: 'car', about: name, limitA, words: `Its car takes ${ampere(limitA)} at most.`, role: 'holds' };
}

function connectorStep(name: string, limitA: number): Candidate {
  const words = `Connector ${name} can give ${ampere(limitA)}.`;
  return { kind: 'connector', about: name, limitA, words, role: 'holds' };
}

/** It follows what the others allow: it is never the reason. */
function driverStep(name: string, { value, confirmed, paused }: WrittenLimit): Candidate {
  const done =
    paused === undefined ? `"${value}" was written to it last` : 'its session was stopped until there is enough';
  const doubt = confirmed || paused !== undefined ? '' : ', which it has not confirmed';
  const words = `The charger has no smart charging, the gateway holds it: ${done}${doubt}.`;
  return { kind: 'driver', about: name, limitA: undefined, words, role: 'beside' };
}

const ampere = (value: number) => `${value.toFixed(1)} A`;

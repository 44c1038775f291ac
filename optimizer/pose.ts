import { carCeiling, type StationProfiles, stationCeiling } from './ceilings.ts';
import { limitNodes } from './limit-nodes.ts';
import type { Car, LimitNode, PhaseIndex, Problem } from './problem.ts';
import { sampled, type Slots } from './series.ts';
import { type PriceStep, phaseNames, type Scenario, type Session, type Site, type SiteConnector } from './site.ts';
import { importPrices } from './tariff.ts';

/** Puts a scenario into slots. Slot 0 is the one that `nowS` lies in; what is no whole slot long is not used. */
export function problemOf(scenario: Scenario): Problem {
  const { site, nowS, sessions } = scenario;
  const slotS = site.slotMinutes * 60;
  const slots = {
    startS: Math.floor(nowS / slotS) * slotS,
    slotS,
    slotCount: Math.floor((site.horizonHours * 3600) / slotS),
  };
  const power = powerOf(scenario, slots);
  const prices = pricesOf(scenario, slots);
  const stations = stationsOf(scenario);
  const presences = presencesOf(sessions, slots);
  const cars = sessions.map((session, index) =>
    carOf(scenario, session, presences[index] ?? [0, 0], stations.get(session.chargePoint), slots),
  );
  const ceilings = [...stations].map(([id, station]) => [id, stationCeiling(station, slots)] as const);
  const limited = limitNodes(scenario, slots, cars, ceilings, power.surplusKw);
  const startable = limited.cars.map((car) => ({ ...car, capA: startableCaps(car, limited.nodes) }));
  return { scenario, ...slots, nodes: limited.nodes, cars: startable, ...prices, ...power };
}

/** A slot in which a car could not have its minimum even alone is closed: it would not charge there (IEC 61851). */
function startableCaps({ capA, phases, nodes: above, minCurrentA }: Car, nodes: readonly LimitNode[]): Float64Array {
  const caps = capA.slice();
  closeBelow(caps, capA, minCurrentA);
  for (const index of above) {
    const node = nodes[index];
    for (const phase of phases) closeBelow(caps, node?.roomA[phase], minCurrentA);
    closeBelow(caps, node?.totalRoomA, minCurrentA * phases.length);
  }
  return caps;
}

function closeBelow(caps: Float64Array, limits: Float64Array | undefined, least: number): void {
  if (limits === undefined) return;
  for (let slot = 0; slot < caps.length; slot += 1) if ((limits[slot] ?? 0) < least) caps[slot] = 0;
}

/** Import without any car, and PV power that is left over. */
function powerOf({ site, load, pv }: Scenario, slots: Slots): Pick<Problem, 'baseKw' | 'surplusKw' | 'peakFloorKw'> {
  const loadSteps = load.map(({ fromS, currentA: [a, b, c] }) => ({
    fromS,
    value: ((a + b + c) * site.nominalVoltageV) / 1000,
  }));
  const loadKw = sampled(loadSteps, slots, 'mean', loadSteps[0]?.value ?? 0);
  const pvSteps = pv.map(({ fromS, kw }) => ({ fromS, value: kw }));
  const netKw = sampled(pvSteps, slots, 'mean', 0).map((kw, slot) => (loadKw[slot] ?? 0) - kw);
  const baseKw = netKw.map((kw) => Math.max(0, kw));
  const surplusKw = netKw.map((kw) => Math.max(0, -kw));
  const peakFloorKw = baseKw.reduce((most, kw) => Math.max(most, kw), site.demandCharge.billedPeakKw);
  return { baseKw, surplusKw, peakFloorKw };
}

/** Feed-in counts at most the import price: what the site does not use itself cannot be bought and sold at once. */
function pricesOf(
  { site, prices, co2 }: Scenario,
  slots: Slots,
): Pick<Problem, 'importPerKwh' | 'feedInPerKwh' | 'addedPerKwh'> {
  const importPerKwh = importPrices(site, prices, slots);
  const co2Steps: readonly PriceStep[] = co2.map(({ fromS, moneyPerKwh }) => ({ fromS, perKwh: moneyPerKwh }));
  const addedPerKwh = sampled(
    co2Steps.map(({ fromS, perKwh }) => ({ fromS, value: perKwh })),
    slots,
    'mean',
    co2Steps[0]?.perKwh ?? 0,
  );
  return { importPerKwh, feedInPerKwh: importPerKwh.map((price) => Math.min(price, site.feedInPerKwh)), addedPerKwh };
}

function stationsOf({ site, profiles, sessions }: Scenario): ReadonlyMap<string, StationProfiles> {
  const ids = new Set([...site.connectors, ...sessions, ...profiles].map(({ chargePoint }) => chargePoint));
  const byStation = new Map<string, StationProfiles>();
  for (const id of ids) {
    const own = profiles.filter(({ chargePoint }) => chargePoint === id);
    const numbers = site.connectors.filter(({ chargePoint }) => chargePoint === id).map(({ connector }) => connector);
    byStation.set(id, {
      profiles: own.toSorted((a, b) => a.receivedAtS - b.receivedAtS),
      connectors: Math.max(0, ...numbers),
      nominalVoltageV: site.nominalVoltageV,
    });
  }
  return byStation;
}

/** From the first whole slot after arrival to the last whole one before departure; never two cars on one connector. */
function presencesOf(
  sessions: readonly Session[],
  { startS, slotS, slotCount }: Slots,
): readonly (readonly [number, number])[] {
  const presences = sessions.map(({ arrivalS, departureS }): [number, number] => [
    Math.max(0, Math.ceil((arrivalS - startS) / slotS)),
    Math.min(slotCount, Math.floor((departureS - startS) / slotS)),
  ]);
  const takenUntil = new Map<string, number>();
  const inOrder = sessions.map((_, index) => index).toSorted((a, b) => arrivalOf(sessions, a) - arrivalOf(sessions, b));
  for (const index of inOrder) {
    const { chargePoint, connector } = sessions[index] ?? { chargePoint: '', connector: 0 };
    const place = `${connector} ${chargePoint}`;
    const presence = presences[index] ?? [0, 0];
    presence[0] = Math.max(presence[0], takenUntil.get(place) ?? 0);
    takenUntil.set(place, Math.max(presence[1], takenUntil.get(place) ?? 0));
  }
  return presences;
}

function arrivalOf(sessions: readonly Session[], index: number): number {
  return sessions[index]?.arrivalS ?? 0;
}

function carOf(
  { site, nowS }: Scenario,
  given: Session,
  [firstSlot, endSlot]: readonly [number, number],
  station: StationProfiles | undefined,
  slots: Slots,
): Car {
  const connector = connectorOf(site, given);
  // a car that came during slot 0 is there
  const session = given.arrivalS <= nowS ? { ...given, arrivalS: Math.min(given.arrivalS, slots.startS) } : given;
  const wired = Math.min(session.phases, connector.phases.length);
  const ceiling =
    station === undefined
      ? { capA: new Float64Array(slots.slotCount).fill(Number.POSITIVE_INFINITY), phases: wired }
      : carCeiling(station, session, wired, slots);
  const phases = connector.phases.slice(0, ceiling.phases).map(phaseIndex);
  const first = session.arrivalS <= slots.startS && given.arrivalS > slots.startS ? 0 : firstSlot;
  const ownCapA = Math.min(session.maxCurrentA, connector.maxCurrentA);
  const kwhPerA = (site.nominalVoltageV * phases.length * slots.slotS) / 3_600_000;
  return {
    session,
    connector,
    phases,
    firstSlot: first,
    endSlot: Math.max(first, endSlot),
    capA: ceiling.capA.map((limit, slot) => (slot >= first && slot < endSlot ? Math.min(limit, ownCapA) : 0)),
    ownCapA,
    profileCapA: ceiling.capA,
    minCurrentA: connector.minCurrentA,
    kwhPerA,
    energyKwh: Math.max(0, session.energyKwh - session.energyServedKwh),
    valuePerKwh: valueOf(site, session.priority, (endSlot - first) * site.slotMinutes),
    nodes: [],
  };
}

/**
 * Above the price, the urgency of the last slot and, unless a car may be short to save a peak, the price of a peak that
 * serves a single slot.
 */
function valueOf(site: Site, priority: number, stayMinutes: number): number {
  const { unmetPerKwh, priorityFactor, urgencyPerKwhHour, peakPolicy } = site.objective;
  const peak = peakPolicy === 'soft' ? 0 : (site.demandCharge.perKwMonth * 60) / site.slotMinutes;
  const urgency = (urgencyPerKwhHour * Math.max(0, stayMinutes)) / 60;
  return unmetPerKwh * priorityFactor ** (priority - 1) + urgency + peak;
}

function connectorOf(site: Site, { chargePoint, connector }: Session): SiteConnector {
  const found = site.connectors.find((known) => known.chargePoint === chargePoint && known.connector === connector);
  if (found === undefined) throw new Error(`no connector ${connector} of ${chargePoint} on site ${site.id}`);
  return found;
}

function phaseIndex(name: SiteConnector['phases'][number]): PhaseIndex {
  const index = phaseNames.indexOf(name);
  return index === 1 || index === 2 ? index : 0;
}

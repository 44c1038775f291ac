import type { PerPhase, Session, SiteConnector } from '../../../optimizer/site.ts';
import type { OpenTransaction } from '../../gateway/charging-port.ts';
import { afterBite, afterPhases, isSated, mostTakenA, unknownAppetite } from './appetite.ts';
import { type Begun, type Car, carOf, goesOn, isBegun, isOf, type Stay, stayOf, type Visit } from './car.ts';
import type { Flow, Wiring } from './flow.ts';
import { Meter } from './meter.ts';
import type { MeterSample } from './meter-values.ts';
import type { News, SessionEnergy, SessionTarget } from './ports.ts';
import { energyAfter, energyAfterPower } from './session-energy.ts';
import type { SiteSettings } from './settings.ts';
import type { Stays } from './stays.ts';
import { lastingA, noCurrent, noticeableA, type Stray, strayAfter } from './stray.ts';
import { expectedDepartureS, neededKwh, type Wishes, wishesOf } from './wishes.ts';

/** Nothing flows while a connector says this. */
const still: ReadonlySet<string> = new Set(['Available', 'Preparing', 'SuspendedEV', 'SuspendedEVSE', 'Finishing']);
/** While it says this, no car can charge there, whatever its transactions say. */
const closed: ReadonlySet<string> = new Set(['Available', 'Reserved', 'Unavailable', 'Faulted', 'Finishing']);

/** A connector gives at most so much more than its rated energy. */
const energyTolerance = 1.2;
const energyToleranceWh = 1000;

/** What all connectors of a site have in common. */
export type Surroundings = { readonly settings: SiteSettings; readonly stays: Stays };

type Assumption = { readonly maxCurrentA: number; readonly phases: number; readonly strayA: PerPhase<number> };
type Status = { readonly text: string; readonly atS: number };

/** One connector of a site, the car on it, and what is measured there. */
export class Bay {
  readonly place: string;
  connector: SiteConnector;
  target: SessionTarget | undefined;
  chargerTarget: SessionTarget | undefined;
  readonly #meter = new Meter();
  #car: Car | undefined;
  #status: Status | undefined;
  /** A StartTransaction whose transaction is not known yet. */
  #begun: Begun | undefined;
  #remembered: SessionEnergy | undefined;
  /** It said that it stops; its transaction may still be listed for a moment. */
  #left: Car | undefined;
  /** The last one whose session ended, until the connector is free or another car's. */
  #visit: Visit | undefined;
  #stay: Stay | undefined;
  #stray: Stray | undefined;
  /** What the last scenario said of it. */
  #assumed: Assumption | undefined;

  constructor(connector: SiteConnector, remembered: SessionEnergy | undefined) {
    this.place = placeOf(connector.chargePoint, connector.connector);
    this.connector = connector;
    this.#remembered = remembered;
  }

  get transactionId(): number | undefined {
    return this.#car?.transactionId;
  }

  get hasCar(): boolean {
    return this.#car !== undefined;
  }

  get energy(): SessionEnergy | undefined {
    return this.#car?.energy;
  }

  // ---------------------------------------------------------------------------------------------- coming and going

  /** The transaction that runs here now. */
  runs(transaction: OpenTransaction, atS: number): News {
    if (this.#left !== undefined && isOf(this.#left, transaction)) return 'nothing';
    const { transactionId } = transaction;
    if (this.#car !== undefined && isOf(this.#car, transaction)) {
      if (this.#car.transactionId === transactionId) return 'nothing';
      this.#car = { ...this.#car, transactionId };
      return 'session';
    }
    this.#ends(undefined);
    const startWh = isBegun(this.#begun, transaction) ? this.#begun.startWh : undefined;
    this.#comes(transaction, startWh, atS);
    this.#begun = undefined;
    this.#forget();
    return 'session';
  }

  /** StartTransaction: before or after its transaction is known. */
  begins(begun: Begun): void {
    const car = this.#car;
    if (car === undefined || car.idTag !== begun.idTag || car.sinceS !== begun.sinceS) this.#begun = begun;
    else this.#car = { ...car, energy: { startWh: begun.startWh, ...car.energy } };
  }

  /** StopTransaction. */
  stops(endS: number): News {
    this.#left = this.#car;
    return this.rests(endS);
  }

  /** No transaction runs here, since `endS`. */
  rests(endS: number): News {
    const hadCar = this.hasCar;
    this.#ends(endS);
    if (this.#remembered !== undefined) this.#unsay();
    this.#remembered = undefined;
    return hadCar ? 'session' : 'nothing';
  }

  /** A stay that is over, once. */
  takeStay(): Stay | undefined {
    const stay = this.#stay;
    this.#stay = undefined;
    return stay;
  }

  /** StatusNotification. */
  says(status: string, allowedA: number | undefined, surroundings: Surroundings, atS: number): News {
    const wasClosed = this.#isClosed(atS);
    this.#status = { text: status, atS };
    if (still.has(status)) this.#meter.stilled(atS);
    const flow = this.#meter.flow(atS);
    if (flow?.atS === atS) this.#judge(flow, allowedA, surroundings, atS);
    if (status === 'Charging') this.#wakes(atS);
    if (status === 'Available') this.#concludes();
    if (this.#car !== undefined && wasClosed !== this.#isClosed(atS)) return 'session';
    return this.#news(surroundings, atS);
  }

  /** The status that the gateway has heard, unless it was heard here. */
  saidBefore(status: string, atS: number): void {
    this.#status ??= { text: status, atS };
  }

  // ---------------------------------------------------------------------------------------------- measuring

  hears(
    sample: MeterSample,
    isMainMeter: boolean,
    allowedA: number | undefined,
    surroundings: Surroundings,
    atS: number,
  ): News {
    const before = this.#meter.flow(atS);
    this.#meter.hears(sample, this.#wiring(surroundings), atS, isMainMeter);
    this.#count(before, surroundings, atS);
    const flow = this.#meter.flow(atS);
    if (flow !== undefined && flow !== before) this.#judge(flow, allowedA, surroundings, atS);
    return this.#news(surroundings, atS);
  }

  rejects(reasons: readonly string[], atS: number): void {
    this.#meter.reject(reasons, atS);
  }

  measuredA(atS: number): PerPhase<number> | undefined {
    return this.#meter.flow(atS)?.currentA;
  }

  rejections(atS: number): ReturnType<Meter['rejections']> {
    return this.#meter.rejections(atS);
  }

  /** What flows without a transaction and counts as load of the site. */
  strayA(atS: number): PerPhase<number> {
    return this.#meter.flow(atS) === undefined ? noCurrent : lastingA(this.#stray);
  }

  // ---------------------------------------------------------------------------------------------- the plan

  /** The session for a plan; undefined while nobody can charge here. */
  session(allowedA: number | undefined, surroundings: Surroundings, atS: number): Session | undefined {
    if (this.#status?.text === 'SuspendedEV') this.#bites(0, allowedA, atS);
    this.#assumed = this.#presumption(surroundings, atS);
    const car = this.#car;
    if (car === undefined || this.#isClosed(atS)) return undefined;
    const wishes = this.#wishes(car, surroundings);
    const sinceS = Math.min(car.sinceS, atS);
    const servedKwh = (car.energy.earlierWh + car.energy.servedWh) / 1000;
    const hasEnough = isSated(car.appetite, atS);
    const priority = wishes.priority ?? this.connector.priority;
    return {
      chargePoint: this.connector.chargePoint,
      connector: this.connector.connector,
      sinceS,
      arrivalS: sinceS,
      departureS: this.#expectedDepartureS(car, surroundings, atS),
      energyKwh: neededKwh(wishes, servedKwh, hasEnough),
      energyServedKwh: servedKwh,
      maxCurrentA: this.#mostA(car, surroundings, atS),
      phases: this.#phasesOf(car, surroundings),
      // who takes nothing keeps what is left over
      priority: hasEnough ? priority - 1 : priority,
      ...this.#charging(atS),
      ...(car.transactionId === undefined ? {} : { transactionId: car.transactionId }),
    };
  }

  /** When the car is expected to leave; undefined without one. */
  departureS(surroundings: Surroundings, atS: number): number | undefined {
    return this.#car === undefined ? undefined : this.#expectedDepartureS(this.#car, surroundings, atS);
  }

  // ---------------------------------------------------------------------------------------------- inside

  #wishes({ energy, idTag }: Car, { settings, stays }: Surroundings): Wishes {
    const { target, chargerTarget } = this;
    return wishesOf({ arrivedS: energy.arrivedS, idTag, target, chargerTarget }, settings, stays);
  }

  #wiring(surroundings: Surroundings): Wiring {
    const { site, sessionDefaults } = surroundings.settings;
    const carPhases = this.#car === undefined ? sessionDefaults.phases : this.#phasesOf(this.#car, surroundings);
    return { connector: this.connector, carPhases, nominalVoltageV: site.nominalVoltageV };
  }

  #phasesOf(car: Car, surroundings: Surroundings): 1 | 2 | 3 {
    return car.appetite.phases ?? this.#wishes(car, surroundings).phases;
  }

  #mostA(car: Car, surroundings: Surroundings, atS: number): number {
    return Math.min(this.#wishes(car, surroundings).maxCurrentA, mostTakenA(car.appetite, atS));
  }

  #expectedDepartureS(car: Car, surroundings: Surroundings, atS: number): number {
    const { site, sessionDefaults } = surroundings.settings;
    const { departureS } = this.#wishes(car, surroundings);
    return expectedDepartureS(departureS, atS, sessionDefaults, site.slotMinutes * 60);
  }

  #isClosed(atS: number): boolean {
    if (this.#status === undefined || !closed.has(this.#status.text)) return false;
    const isOfThisCar = this.#status.atS > (this.#car?.seenAtS ?? 0);
    return isOfThisCar && (this.#meter.flow(atS)?.strongestA ?? 0) <= noticeableA;
  }

  #charging(atS: number): Pick<Session, 'isCharging'> {
    const flow = this.#meter.flow(atS);
    if (flow !== undefined) return { isCharging: flow.strongestA > noticeableA };
    return this.#status === undefined ? {} : { isCharging: this.#status.text === 'Charging' };
  }

  #count(before: Flow | undefined, { settings }: Surroundings, atS: number): void {
    const car = this.#car;
    if (car === undefined) return;
    const registerWh = this.#meter.registerWh(atS);
    const flow = this.#meter.flow(atS);
    if (registerWh !== undefined) {
      const hours = Math.max(0, atS - Math.min(car.sinceS, car.seenAtS)) / 3600;
      const { phases, maxCurrentA } = this.connector;
      const ratedWh = maxCurrentA * phases.length * settings.site.nominalVoltageV * hours;
      const energy = energyAfter(car.energy, registerWh, ratedWh * energyTolerance + energyToleranceWh);
      this.#car = { ...car, energy };
    } else if (!this.#meter.hasRegister && before !== undefined && flow !== undefined && flow.atS > before.atS) {
      const powerW = (before.powerW + flow.powerW) / 2;
      this.#car = { ...car, energy: energyAfterPower(car.energy, powerW, flow.atS - before.atS) };
    }
  }

  /** A new flow beside what was allowed. */
  #judge(flow: Flow, allowedA: number | undefined, surroundings: Surroundings, atS: number): void {
    const car = this.#car;
    this.#stray = car === undefined ? strayAfter(this.#stray, flow) : undefined;
    if (car === undefined) return;
    const thought = this.#wishes(car, surroundings).phases;
    this.#car = { ...car, appetite: afterPhases(car.appetite, flow.usedPhases, thought, atS) };
    // at a pause that the charger makes, the car says nothing of itself
    if (this.#status?.text !== 'SuspendedEVSE') this.#bites(flow.strongestA, allowedA, atS);
  }

  #bites(takesA: number, allowedA: number | undefined, atS: number): void {
    const car = this.#car;
    if (car === undefined) return;
    const { minCurrentA } = this.connector;
    const bite = { atS, takesA, allowedA, minCurrentA };
    this.#car = { ...car, appetite: afterBite(car.appetite, bite) };
  }

  #wakes(atS: number): void {
    const car = this.#car;
    if (car !== undefined && isSated(car.appetite, atS)) {
      this.#car = { ...car, appetite: { ...unknownAppetite, phases: car.appetite.phases } };
    }
  }

  #presumption(surroundings: Surroundings, atS: number): Assumption {
    const car = this.#car;
    return {
      maxCurrentA: car === undefined ? 0 : this.#mostA(car, surroundings, atS),
      phases: car === undefined ? 0 : this.#phasesOf(car, surroundings),
      strayA: this.strayA(atS),
    };
  }

  /** Whether what is known now makes another plan than what the last scenario said. */
  #news(surroundings: Surroundings, atS: number): News {
    const assumed = this.#assumed;
    if (assumed === undefined) return 'nothing';
    const now = this.#presumption(surroundings, atS);
    const isOther =
      now.phases !== assumed.phases ||
      Math.abs(now.maxCurrentA - assumed.maxCurrentA) > noticeableA ||
      now.strayA.some((strayA, phase) => Math.abs(strayA - (assumed.strayA[phase] ?? 0)) > noticeableA);
    return isOther ? 'drift' : 'nothing';
  }

  /** The session is over; whether the visit is, its connector will say. */
  #ends(endS: number | undefined): void {
    const car = this.#car;
    if (car === undefined) return;
    this.#concludes();
    this.#visit = { car, target: this.target, chargerTarget: this.chargerTarget, endS };
    this.#car = undefined;
    this.#unsay();
    this.#forget();
    const isVacant = this.#status?.text === 'Available' && this.#status.atS > car.seenAtS;
    if (isVacant) this.#concludes();
  }

  /** The car is gone. */
  #concludes(): void {
    this.#stay = this.#visit === undefined ? this.#stay : stayOf(this.#visit);
    this.#visit = undefined;
  }

  /** A car of a visit that goes on, of one that was remembered, or another one. */
  #comes(transaction: OpenTransaction, startWh: number | undefined, atS: number): void {
    const visit = this.#visit !== undefined && goesOn(this.#visit, transaction) ? this.#visit : undefined;
    if (visit === undefined) this.#concludes();
    this.#visit = undefined;
    this.target ??= visit?.target;
    this.chargerTarget ??= visit?.chargerTarget;
    const car = carOf(transaction, startWh, visit?.car, atS);
    const remembered = this.#remembered;
    this.#remembered = undefined;
    if (remembered?.sinceS === car.sinceS) this.#car = { ...car, energy: remembered };
    else this.#car = car;
    // what was said of a session that ended unheard is not said of this one
    if (remembered !== undefined && remembered.sinceS !== car.sinceS) this.#unsay();
  }

  #unsay(): void {
    this.target = undefined;
    this.chargerTarget = undefined;
  }

  /** Another car, or none: what is measured from now on is beside nothing. */
  #forget(): void {
    this.#assumed = undefined;
    this.#meter.forget();
    this.#stray = undefined;
  }
}

/** How a connector is named where it is remembered. */
export function placeOf(chargePoint: string, connector: number): string {
  return `${chargePoint}/${connector}`;
}

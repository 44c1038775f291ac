/** Meters and cars are not exact: what is drawn above the limit by less is no disobedience. */
const toleranceA = 1;
const tolerancePart = 0.05;
/** How long a car may take to come down, or has to behave before it is believed again. */
const patienceS = 60;

type Conduct = { readonly disobeys: boolean; readonly otherwiseSinceS: number | undefined };

/*
 * Whether what is measured at a connector keeps to what lies in it.
 *
 * obeys: measurements are at most 5 % and 1 A above the limit. Above it for a minute, in at least two measurements
 *   and in every one between → disobeys.
 * disobeys: within the limit for a minute, likewise → obeys.
 */

/** Connectors by a key of the caller's. */
export class Obedience {
  readonly #conducts = new Map<string, Conduct>();

  /** A measurement, amperes of the phase that draws most; true if it changed what is to be thought of the connector. */
  look(key: string, measuredA: number, allowedA: number, atS: number): boolean {
    const { disobeys, otherwiseSinceS } = this.#conducts.get(key) ?? { disobeys: false, otherwiseSinceS: undefined };
    const isAbove = measuredA > allowedA * (1 + tolerancePart) + toleranceA;
    if (isAbove === disobeys) {
      this.#conducts.set(key, { disobeys, otherwiseSinceS: undefined });
      return false;
    }
    const sinceS = otherwiseSinceS ?? atS;
    const isProven = atS - sinceS >= patienceS;
    this.#conducts.set(
      key,
      isProven ? { disobeys: isAbove, otherwiseSinceS: undefined } : { disobeys, otherwiseSinceS: sinceS },
    );
    return isProven;
  }

  disobeys(key: string): boolean {
    return this.#conducts.get(key)?.disobeys ?? false;
  }

  forget(key: string): void {
    this.#conducts.delete(key);
  }
}

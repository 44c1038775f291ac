import type { Session, Site, SiteConnector } from '../../../optimizer/site.ts';
import { type Effect, effectOf, tenthsAt } from '../../../optimizer/stack-effect.ts';
import type { ChargerFacts, OpenTransaction } from '../../gateway/charging-port.ts';
import type { Reserved } from './around.ts';
import { connectorAt, connectorsOf, nameOf } from './connectors.ts';
import type { Dispatch } from './dispatch.ts';
import { isLive, type Ledger } from './ledger.ts';
import { Obedience } from './obedience.ts';
import type { Alarm, Keeper, SiteInputs } from './ports.ts';
import { mostOn } from './presence.ts';

/** Calendars recur daily. */
const dayS = 86_400;

type Known = {
  readonly keeper: Keeper | undefined;
  /** Transactions by connector. */
  readonly running: ReadonlyMap<number, OpenTransaction>;
};

/** The chargers of a site: who holds them to their profiles, what runs on them, and what they draw whatever is planned. */
export class Crew {
  readonly #ledger: Ledger;
  readonly #obedience = new Obedience();
  readonly #known = new Map<string, Known>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Undefined also while nothing was told of the charger. */
  keeperOf(chargePoint: string): Keeper | undefined {
    return this.#known.get(chargePoint)?.keeper;
  }

  isRunning(chargePoint: string, connector: number): boolean {
    return this.#known.get(chargePoint)?.running.has(connector) ?? false;
  }

  /** Whether a car charges, or would, for which no plan lies in its charger. */
  waits(sessions: readonly Session[]): boolean {
    return sessions.some(({ chargePoint, connector, transactionId, energyKwh, energyServedKwh }) => {
      if (transactionId === undefined || energyServedKwh >= energyKwh) return false;
      return (
        this.isRunning(chargePoint, connector) && !this.#ledger.on({ chargePoint, connectorId: connector }).some(isLive)
      );
    });
  }

  isDriven({ chargePoint }: SiteConnector): boolean {
    return this.keeperOf(chargePoint) === 'driver';
  }

  /**
   * `handedOver`: somebody else keeps the charger, or it is told of for the first time. `ended`: a TxProfile is gone with
   * its transaction.
   */
  facts(site: Site, charger: ChargerFacts, keeper: Keeper | undefined): readonly ('handedOver' | 'ended')[] {
    const before = this.#known.get(charger.identity);
    // of two on one connector the older one's end was never told
    const running = new Map(charger.transactions.map((open) => [open.connectorId, open]));
    this.#known.set(charger.identity, { keeper, running });
    let hasEnded = false;
    for (const { connector } of connectorsOf(site, charger.identity)) {
      if (!this.#isOver(charger.identity, connector, before)) continue;
      hasEnded = this.#ledger.endSession({ chargePoint: charger.identity, connectorId: connector }) || hasEnded;
      this.#obedience.forget(nameOf(charger.identity, connector));
    }
    const isHandedOver = this.#ledger.keptBy(charger.identity, keeper) || before === undefined;
    return [
      ...(isHandedOver || before.keeper !== keeper ? (['handedOver'] as const) : []),
      ...(hasEnded ? (['ended'] as const) : []),
    ];
  }

  /** Whether the transaction is over that a connector's TxProfile was for. */
  #isOver(chargePoint: string, connector: number, before: Known | undefined): boolean {
    const running = this.#known.get(chargePoint)?.running.get(connector);
    if (running === undefined) return true;
    const last = before?.running.get(connector);
    if (last !== undefined && last.startedAtMs !== running.startedAtMs) return true;
    const lying = this.#ledger.on({ chargePoint, connectorId: connector }).filter(isLive);
    const ids = lying.flatMap(({ either }) => either.flatMap((profile) => profile?.transactionId ?? []));
    return running.transactionId !== undefined && ids.some((id) => id !== running.transactionId);
  }

  /** What was measured on a connector; true if it begins or ceases to keep to its limit. */
  measured(site: Site, inputs: SiteInputs, chargePoint: string, number: number, atS: number): boolean {
    const connector = connectorAt(site, chargePoint, number);
    const measuredA = inputs.measuredA(chargePoint, number, atS);
    if (connector === undefined || measuredA === undefined || !this.isRunning(chargePoint, number)) return false;
    const allowedA = tenthsAt(this.#most(site, connector, atS, atS + 1), atS) / 10;
    return this.#obedience.look(nameOf(chargePoint, number), Math.max(...measuredA), allowedA, atS);
  }

  disobeys({ chargePoint, connector }: SiteConnector): boolean {
    return this.#obedience.disobeys(nameOf(chargePoint, connector));
  }

  /** Connectors that cannot be told anything now, with the most that they may draw meanwhile. */
  reserved(site: Site, inputs: SiteInputs, dispatch: Dispatch, nowS: number): readonly Reserved[] {
    return site.connectors.flatMap((connector) => {
      const disobeys = this.disobeys(connector);
      if (dispatch.isReady(connector.chargePoint) && !disobeys) return [];
      const most = Math.max(...this.#most(site, connector, nowS, nowS + dayS).map(({ tenths }) => tenths));
      const measuredA = disobeys ? (inputs.measuredA(connector.chargePoint, connector.connector, nowS) ?? []) : [];
      return [{ connector, currentA: Math.max(most / 10, ...measuredA) }];
    });
  }

  /** What was told, by connector: what the charger draws by if it has heard all of it. */
  limits(site: Site, chargePoint: string, atS: number): ReadonlyMap<number, Effect> {
    return new Map(
      connectorsOf(site, chargePoint).map((connector) => {
        const told = this.#ledger.told({ chargePoint, connectorId: connector.connector });
        return [connector.connector, effectOf(site, connector, told, atS, atS + dayS)];
      }),
    );
  }

  alarms(reserved: readonly Reserved[], dispatch: Dispatch): readonly Alarm[] {
    return reserved.flatMap(({ connector, currentA }): readonly Alarm[] => {
      const { chargePoint } = connector;
      const about = nameOf(chargePoint, connector.connector);
      const kept = `${currentA} A are kept free for it`;
      if (this.disobeys(connector)) {
        return [{ kind: 'disobedience', about, message: `it draws more than its profile allows: ${kept}` }];
      }
      if (this.keeperOf(chargePoint) === undefined) {
        const reason = this.#known.has(chargePoint) ? 'nobody can hold it to a limit' : 'it has not spoken yet';
        return [{ kind: 'notControlled', about, message: `${reason}: ${kept}` }];
      }
      const failure = dispatch.failureOf(chargePoint);
      // its answer may still come
      if (failure === undefined) return [];
      return [{ kind: 'notReached', about, message: `its profile could not be set (${failure}): ${kept}` }];
    });
  }

  #most(site: Site, connector: SiteConnector, atS: number, endS: number): Effect {
    const place = { chargePoint: connector.chargePoint, connectorId: connector.connector };
    return mostOn(site, connector, this.#ledger.on(place), atS, endS);
  }
}

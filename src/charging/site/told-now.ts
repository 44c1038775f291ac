import type { SiteConnector } from '../../../optimizer/site.ts';
import { type Effect, effectOf, tenthsAt } from '../../../optimizer/stack-effect.ts';
import { connectorsOf } from './connectors.ts';
import type { Glance } from './glance.ts';
import type { Lying } from './ports.ts';

/** So long what was worked out once is looked up, while the same profiles lie there. */
const keptS = 3600;

type Known = { readonly connector: SiteConnector; readonly effect: Effect; readonly fromS: number };

/** By what lies on a connector: the ledger has another list when that changes. */
const known = new WeakMap<readonly Lying[], Known>();

/** What each connector of a charger may draw at this moment by the profiles that it was told last, A. */
export function toldNow(glance: Glance, chargePoint: string, atS: number): ReadonlyMap<number, number> {
  const entries = connectorsOf(glance.settings.site, chargePoint).flatMap((connector) => {
    const lying = glance.ledger.on({ chargePoint, connectorId: connector.connector });
    return lying.length === 0
      ? []
      : [[connector.connector, tenthsAt(effectNow(glance, connector, lying, atS), atS) / 10] as const];
  });
  return new Map(entries);
}

function effectNow(
  { settings, ledger }: Glance,
  connector: SiteConnector,
  lying: readonly Lying[],
  atS: number,
): Effect {
  const before = known.get(lying);
  const isGood = before?.connector === connector && atS >= before.fromS && atS < before.fromS + keptS;
  if (before !== undefined && isGood) return before.effect;
  const told = ledger.told({ chargePoint: connector.chargePoint, connectorId: connector.connector });
  const effect = effectOf(settings.site, connector, told, atS, atS + keptS);
  known.set(lying, { connector, effect, fromS: atS });
  return effect;
}

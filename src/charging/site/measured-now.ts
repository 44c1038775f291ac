import type { PerPhase, Site } from '../../../optimizer/site.ts';
import type { SiteInputs } from './ports.ts';
import { added, noCurrent } from './stray.ts';

/** What all connectors of a site draw at this moment, as far as it is measured. */
export function measuredNow(
  { connectors }: Site,
  inputs: Pick<SiteInputs, 'measuredA'>,
  atS: number,
): PerPhase<number> {
  const measured = connectors.flatMap(({ chargePoint, connector }) => {
    const ampere = inputs.measuredA(chargePoint, connector, atS);
    return ampere === undefined ? [] : [ampere];
  });
  return measured.reduce(added, noCurrent);
}

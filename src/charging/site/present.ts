import type { Site } from '../../../optimizer/site.ts';
import type { SiteInputs, SiteMemory, SiteStatus } from './ports.ts';
import { added, noCurrent } from './stray.ts';

/** What a site does at this moment, as far as it is measured and known. */
export function presentOf(
  { connectors }: Site,
  inputs: Pick<SiteInputs, 'measuredA' | 'memory'>,
  atS: number,
): Pick<SiteStatus, 'measuredA' | 'pricePerKwh'> {
  const measured = connectors.flatMap(({ chargePoint, connector }) => {
    const ampere = inputs.measuredA(chargePoint, connector, atS);
    return ampere === undefined ? [] : [ampere];
  });
  return { measuredA: measured.reduce(added, noCurrent), pricePerKwh: priceAt(inputs.memory().signals, atS) };
}

function priceAt(signals: SiteMemory['signals'], atS: number): number | undefined {
  const steps = signals.flatMap(({ signal }) => (signal.kind === 'prices' ? signal.steps : []));
  return steps.findLast(({ fromS }) => fromS <= atS)?.perKwh;
}

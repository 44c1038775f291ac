import { sampled, type Slots, type Step } from './series.ts';
import type { ImportTariff, PriceStep, Site } from './site.ts';

/** Import prices for each slot: those that were sent, before them the tariff's, before that the first one sent. */
export function importPrices(site: Site, prices: readonly PriceStep[], slots: Slots): Float64Array {
  const first = prices[0];
  const sent: readonly Step[] = prices.map(({ fromS, perKwh }) => ({ fromS, value: perKwh }));
  if (first === undefined || site.importTariff.kind === 'none') {
    return first === undefined ? tariffPrices(site, slots) : sampled(sent, slots, 'mean', first.perKwh);
  }
  const tariff = tariffPrices(site, slots);
  // a slot that the first price begins in is the tariff's
  return sampled(sent, slots, 'mean', first.perKwh).map((price, slot) =>
    slots.startS + slot * slots.slotS < first.fromS ? (tariff[slot] ?? price) : price,
  );
}

function tariffPrices({ importTariff, timezone }: Site, slots: Slots): Float64Array {
  const prices = new Float64Array(slots.slotCount);
  if (importTariff.kind === 'none') return prices;
  if (importTariff.kind === 'fixed') return prices.fill(importTariff.perKwh);
  const minutes = localMinutes(timezone);
  return prices.map((_, slot) => periodPrice(importTariff, minutes(slots.startS + slot * slots.slotS)));
}

function periodPrice({ periods, otherwisePerKwh }: ImportTariff & { kind: 'tou' }, minute: number): number {
  const period = periods.find(({ fromMinute, toMinute }) =>
    fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute,
  );
  return period?.perKwh ?? otherwisePerKwh;
}

/** Minutes since local midnight by the clock on the wall, so that a tariff keeps its hours over a change of time. */
function localMinutes(timezone: string): (atS: number) => number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atS) => {
    const [hour = '0', minute = '0'] = clock.format(atS * 1000).split(':');
    return Number(hour) * 60 + Number(minute);
  };
}

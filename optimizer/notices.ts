import type { Problem } from './problem.ts';
import { isoTime } from './time.ts';

/** What a person should know about a scenario that can be planned all the same, one sentence each. */
export function noticesOf(problem: Problem): readonly string[] {
  return [...priceNotices(problem), ...sessionNotices(problem), ...loadNotices(problem)];
}

function priceNotices({ scenario }: Problem): readonly string[] {
  const { prices, site } = scenario;
  const hasPrice = prices.length > 0 || site.importTariff.kind !== 'none';
  return hasPrice ? [] : ['no prices and no tariff: every slot counts as free, and cars charge as soon as they can'];
}

function sessionNotices({ cars, scenario }: Problem): readonly string[] {
  return cars.flatMap(({ session, firstSlot, endSlot, capA, minCurrentA }, index) => {
    const place = `sessions[${index}] (${session.chargePoint}/${session.connector})`;
    if (session.departureS <= scenario.nowS) {
      return [`${place}: departure ${isoTime(session.departureS)} has passed: no slot is left to charge in`];
    }
    if (endSlot <= firstSlot) return [`${place}: stays for no whole slot within the horizon`];
    const isTooLow = capA.every((limitA) => limitA < minCurrentA);
    return isTooLow ? [`${place}: its limits stay below the ${minCurrentA} A that a car needs: it cannot charge`] : [];
  });
}

function loadNotices({ nodes, startS, slotS }: Problem): readonly string[] {
  return nodes.flatMap(({ id, limitA, loadA }) => {
    const slot = ([0, 1, 2] as const).flatMap((phase) => {
      const over = loadA?.[phase].findIndex((load, index) => load > (limitA[phase][index] ?? load)) ?? -1;
      return over < 0 ? [] : [over];
    });
    if (slot.length === 0) return [];
    const atS = startS + Math.min(...slot) * slotS;
    return [`load alone exceeds the limit of node ${id} from ${isoTime(atS)} on: cars get nothing there`];
  });
}

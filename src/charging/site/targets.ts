import { timeText } from '../../../optimizer/messages.ts';
import { integer, number, optional } from '../../../optimizer/reading.ts';
import { phaseCount } from '../../../optimizer/scenario-fields.ts';
import { ScenarioError, whole } from '../../../optimizer/scenario-form.ts';
import { epochSeconds } from '../../../optimizer/time.ts';
import type { Payload } from '../../gateway/ports.ts';
import { OcppError } from '../../ocpp/errors.ts';
import type { SessionTarget } from './ports.ts';
import { refuseUnless } from './refusal.ts';

/** How chargers tell the gateway of a session: DataTransfer with these, `data` a JSON object in text. */
const vendorId = 'org.ocpp-edge';
const messageId = 'SessionTarget';

const longestStayS = 366 * 86_400;
const mostEnergyKwh = 1000;
const mostCurrentA = 1000;
/** Each step multiplies what a kWh is worth. */
const mostPriority = 10;

const sessionTarget = whole({
  connectorId: optional(integer),
  departure: optional(timeText),
  energyKwh: optional(number),
  maxCurrentA: optional(number),
  phases: optional(phaseCount),
  priority: optional(integer),
});

/** True for a DataTransfer that tells of a session; a vendorId is compared without case (OCPP 1.6 §6.15). */
export function tellsTarget(payload: Payload): boolean {
  const vendor = payload['vendorId'];
  return typeof vendor === 'string' && vendor.toLowerCase() === vendorId && payload['messageId'] === messageId;
}

/** What it tells; the connector is 1 unless it is named. Throws OcppError that says what is wrong. */
export function targetToldBy(chargePoint: string, { data }: Payload): SessionTarget {
  const { connectorId = 1, departure, ...said } = parsed(data);
  const departureS = departure === undefined ? undefined : epochSeconds(departure);
  return { ...said, chargePoint, connector: connectorId, ...(departureS === undefined ? {} : { departureS }) };
}

function parsed(data: unknown): ReturnType<typeof sessionTarget> {
  try {
    return sessionTarget(typeof data === 'string' ? JSON.parse(data) : data, 'data');
  } catch (thrown) {
    if (thrown instanceof SyntaxError)
      throw new OcppError('FormationViolation', 'data: expected a JSON object', { cause: thrown });
    if (thrown instanceof ScenarioError) {
      throw new OcppError('PropertyConstraintViolation', thrown.message, { cause: thrown });
    }
    throw thrown;
  }
}

/** Throws OcppError for a value that is none. */
export function checkTarget(target: SessionTarget, atS: number): void {
  const { departureS, energyKwh, maxCurrentA, phases, priority } = target;
  const isWithin = (value: number, most: number) => value >= 0 && value <= most;
  if (departureS !== undefined) {
    const isAhead = departureS > atS && departureS <= atS + longestStayS;
    refuseUnless(isAhead, 'departureS', departureS, 'a time after now and within a year, in seconds');
  }
  if (energyKwh !== undefined) {
    refuseUnless(isWithin(energyKwh, mostEnergyKwh), 'energyKwh', energyKwh, `0 to ${mostEnergyKwh}`);
  }
  if (maxCurrentA !== undefined) {
    refuseUnless(isWithin(maxCurrentA, mostCurrentA), 'maxCurrentA', maxCurrentA, `0 to ${mostCurrentA}`);
  }
  if (phases !== undefined) refuseUnless([1, 2, 3].includes(phases), 'phases', phases, '1, 2 or 3');
  if (priority !== undefined) {
    const isStep = Number.isSafeInteger(priority) && isWithin(priority, mostPriority);
    refuseUnless(isStep, 'priority', priority, `a whole number from 0 to ${mostPriority}`);
  }
}

import type { Gap } from '../../ocpp/gaps.ts';
import type * as House from '../../ocpp/messages.generated.ts';
import type * as Ocpp15 from './messages-1.5.generated.ts';

/** `Occupied` is Preparing, Charging or Finishing; which of them, only memory can tell. */
export function houseStatus(
  status: Ocpp15.ChargePointStatus,
  connectorId: number,
  gaps: Gap[],
): House.ChargePointStatus {
  if (status === 'Occupied') return occupied(connectorId, gaps);
  return status === 'Reserved' && connectorId === 0 ? 'Available' : status;
}

/** Connector 0 is the charge point: to OCPP 1.5 it is in operation when it is taken, to 1.6 (§4.9) it is Available then. */
function occupied(connectorId: number, gaps: Gap[]): House.ChargePointStatus {
  if (connectorId === 0) return 'Available';
  gaps.push('occupied');
  return 'Preparing';
}

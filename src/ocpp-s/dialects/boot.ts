import { OcppError } from '../../ocpp/errors.ts';
import type * as House from '../../ocpp/messages.generated.ts';
import type * as Ocpp12 from './messages-1.2.generated.ts';
import type * as Ocpp15 from './messages-1.5.generated.ts';
import { registrationWords } from './words.ts';

/** OCPP 1.6 §6.4 leaves the choice to the charger with 0; the older versions say nothing of it. */
const unsetIntervalS = 300;

/** Both older versions name the interval otherwise and know no Pending; 1.2 requires neither time nor interval. */
export const bootConfirmation = {
  up({ status, currentTime, heartbeatInterval = 0 }: Ocpp12.BootNotificationResponse): House.BootNotificationResponse {
    if (currentTime !== undefined) return { status, currentTime, interval: heartbeatInterval };
    throw new OcppError('OccurrenceConstraintViolation', 'currentTime: missing, and OCPP 1.6 requires it');
  },
  down({ status, currentTime, interval }: House.BootNotificationResponse): Ocpp15.BootNotificationResponse {
    const heartbeatInterval = interval > 0 ? interval : unsetIntervalS;
    return { status: registrationWords[status], currentTime, heartbeatInterval };
  },
};

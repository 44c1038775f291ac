import { type Payload, textOf } from '../../payload.ts';
import type { ConfigurationKeys } from '../configuration.ts';
import type { ConnectorStatus } from '../connector.ts';
import type { Generation } from '../generation.ts';

/*
 * What OCPP 1.5 and 1.2 have in common. Neither knows smart charging: the maker of these chargers gave each connector a
 * key for its largest current.
 */

/** Keys of both versions, and the maker's own. */
export function olderKeys(connectors: number, maxA: number): ConfigurationKeys {
  const ids = Array.from({ length: connectors }, (_, index) => index + 1);
  return {
    changeable: { HeartBeatInterval: '300', MeterValueSampleInterval: '60', ConnectionTimeOut: '60' },
    fixed: {},
    currents: Object.fromEntries(ids.map((id) => [`OldIron-MaxCurrent${id}`, { connector: id, maxA }])),
  };
}

/** A connector that somebody uses is Occupied, whatever happens on it. */
export function occupiedOr(status: ConnectorStatus): string {
  return status === 'Available' || status === 'Unavailable' ? status : 'Occupied';
}

const transferEnds = ['Downloaded', 'DownloadFailed', 'InstallationFailed', 'Installed', 'Uploaded', 'UploadFailed'];

/** A transfer is told of when something came of it, since there is no word for one that goes on; the rest as it is. */
export function sayOlder(action: string, payload: Payload): Payload | undefined {
  const isOfTransfer = action === 'DiagnosticsStatusNotification' || action === 'FirmwareStatusNotification';
  return !isOfTransfer || transferEnds.includes(textOf(payload, 'status') ?? '') ? payload : undefined;
}

/** BootNotification.conf calls its interval heartbeatInterval. */
export const hearOlder: Generation['hear'] = (action, conf) => {
  if (action !== 'BootNotification') return conf;
  const { heartbeatInterval, ...rest } = conf;
  return { ...rest, interval: heartbeatInterval };
};

/** UnlockConnector.conf is but yes or no. */
export const answerOlder: Generation['answer'] = (action, conf) =>
  action === 'UnlockConnector' ? { status: textOf(conf, 'status') === 'Unlocked' ? 'Accepted' : 'Rejected' } : conf;

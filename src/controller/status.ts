import type { SiteStatus } from '../charging/site/ports.ts';
import type { Payload } from '../gateway/ports.ts';

/** CiString50 of OCPP 1.6 §6.47. */
const longestText = 50;

/**
 * StatusNotification of connector 0, without its time (OCPP 1.6 §4.9): Available, or Faulted with what a person should
 * see of the site. Undefined `site`: it is not there, and nothing of it is known.
 */
export function statusOf(site: SiteStatus | undefined): Payload {
  const [alarm, ...others] = site?.alarms ?? [];
  if (alarm === undefined) return { connectorId: 0, errorCode: 'NoError', status: 'Available' };
  const more = others.length === 0 ? '' : ` (+${others.length})`;
  const told = `${alarm.about}: ${alarm.message}`;
  return {
    connectorId: 0,
    errorCode: 'OtherError',
    status: 'Faulted',
    info: `${shortened(told, longestText - more.length)}${more}`,
    vendorErrorCode: shortened(alarm.kind, longestText),
  };
}

/** What makes it another status: which alarms last. The numbers in their words move all the time. */
export function pictureOf(site: SiteStatus | undefined): string {
  return JSON.stringify(site?.alarms.map(({ kind, about }) => [kind, about]) ?? []);
}

/** Counted in characters, none of them halved. */
const shortened = (text: string, most: number) => Array.from(text).slice(0, most).join('').trimEnd();

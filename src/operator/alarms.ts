import type { Alarm } from '../charging/site/ports.ts';
import type { Readings } from './readings.ts';
import type { ChargerRow } from './views/chargers.ts';
import type { AlarmView } from './views/overview.ts';

/** When a certificate file is of no use any more, ms since the epoch. */
export type CertificateExpiry = { readonly file: string; readonly expiresMs: number };

export type AlarmFacts = {
  readonly readings: Readings;
  readonly rows: readonly ChargerRow[];
  readonly certificates: readonly CertificateExpiry[];
  readonly nowMs: number;
};

const oldMs = 15 * 60_000;
const dayMs = 86_400_000;
const leastFreeBytes = 500_000_000;
const leastFreePart = 0.05;

/** What a person should see, the critical ones first; each sentence says what to do. */
export function alarmsOf(facts: AlarmFacts): readonly AlarmView[] {
  const { readings, rows, certificates, nowMs } = facts;
  const alarms = [
    ...storeAlarms(readings),
    ...diskAlarms(readings),
    ...outboxAlarms(facts),
    ...deadLetterAlarms(readings),
    ...chargerAlarms(rows),
    ...(readings.sites ?? []).flatMap(({ id, alarms: own }) => own.map((alarm) => siteAlarm(id, alarm))),
    ...certificates.flatMap((certificate) => certificateAlarm(certificate, nowMs)),
  ];
  const isCritical = ({ severity }: AlarmView) => severity === 'critical';
  return [...alarms.filter(isCritical), ...alarms.filter((alarm) => !isCritical(alarm))];
}

function storeAlarms({ ready }: Readings): readonly AlarmView[] {
  if (ready?.ready === true) return [];
  const reasons = ready?.reasons.join('; ') ?? 'the gateway does not say whether it is ready';
  const words = `Not ready: ${reasons}. Chargers get no answer: make room on the disk of the data folder, then look at the log.`;
  return [{ severity: 'critical', kind: 'notReady', about: 'store', words }];
}

function diskAlarms({ diskFreeBytes, diskSizeBytes }: Readings): readonly AlarmView[] {
  if (diskFreeBytes === undefined || diskSizeBytes === undefined) return [];
  const leftPart = diskFreeBytes / Math.max(diskSizeBytes, 1);
  if (diskFreeBytes >= leastFreeBytes && leftPart >= leastFreePart) return [];
  const left = `${Math.floor(diskFreeBytes / 1_000_000)} MB, ${(leftPart * 100).toFixed(1)} %`;
  const words = `The disk of the data folder has ${left} left: make room before the store cannot be written.`;
  return [{ severity: 'warning', kind: 'disk', about: 'data folder', words }];
}

/** Messages that age while the link is there are refused again and again: another cause, and another cure. */
function outboxAlarms({ readings, rows, nowMs }: AlarmFacts): readonly AlarmView[] {
  const { waiting = 0, oldestMs } = readings.counts ?? {};
  if (oldestMs === undefined || nowMs - oldestMs < oldMs) return [];
  const away = rows.filter((row) => row.waiting > 0 && row.link !== 'open');
  const minutes = Math.floor((nowMs - oldestMs) / 60_000);
  const said = `${waiting} messages wait for the CSMS, the oldest for ${minutes} min`;
  const reason = away.find(({ linkError }) => linkError !== undefined)?.linkError;
  const words =
    away.length === 0
      ? `${said}, although it is there: look at the outbox for what it refuses again and again.`
      : `${said}, and ${away.length} chargers have no link to it${reason === undefined ? '' : ` (${reason})`}: see whether it can be reached.`;
  return [{ severity: 'critical', kind: away.length === 0 ? 'outboxOld' : 'csmsAway', about: 'outbox', words }];
}

function deadLetterAlarms({ counts }: Readings): readonly AlarmView[] {
  const { dead = 0 } = counts ?? {};
  if (dead === 0) return [];
  const words = `The CSMS has refused ${dead} messages for good: look at them in the outbox, then retry or drop them.`;
  return [{ severity: 'warning', kind: 'deadLetters', about: 'outbox', words }];
}

function chargerAlarms(rows: readonly ChargerRow[]): readonly AlarmView[] {
  const waiting = rows.filter(({ standing }) => standing === 'quarantined');
  const quarantine: readonly AlarmView[] =
    waiting.length === 0
      ? []
      : [
          {
            severity: 'warning',
            kind: 'quarantine',
            about: waiting.length === 1 ? (waiting[0]?.identity ?? '') : `${waiting.length} chargers`,
            words: `${waiting.length} chargers that nobody knows wait in quarantine: adopt or block them.`,
          },
        ];
  const conflicts = rows.filter(({ conflict }) => conflict);
  return [
    ...quarantine,
    ...conflicts.map(
      ({ identity, source }): AlarmView => ({
        severity: 'critical',
        kind: 'conflict',
        about: identity,
        words: `A second source claims to be ${identity}, which speaks from ${source ?? 'an unknown address'}: find the one that is false.`,
      }),
    ),
  ];
}

const criticalOfSites: ReadonlySet<string> = new Set(['overload', 'disobedience']);

const curesOfSites: ReadonlyMap<string, string> = new Map([
  ['signalLost', 'See whether its source still sends.'],
  ['overload', 'Switch off other load, or ask for a higher limit.'],
  ['badMeterValues', 'Look at the charger’s meter and at what it is told to sample.'],
  ['strayCurrent', 'See who charges there without a transaction.'],
  ['disobedience', 'Look at the charger’s profiles and its firmware.'],
  ['notControlled', 'Let the charger be reached, or give it a model that it can be driven by.'],
  ['notReached', 'See why the charger takes no commands.'],
]);

function siteAlarm(site: string, { kind, about, message }: Alarm): AlarmView {
  const cure = curesOfSites.get(kind) ?? 'Look at the plan of the site.';
  return {
    severity: criticalOfSites.has(kind) ? 'critical' : 'warning',
    kind,
    about: about.startsWith(site) ? about : `${site}: ${about}`,
    words: `${about}: ${message}. ${cure}`,
  };
}

const soonDays = 30;
const urgentDays = 7;

function certificateAlarm({ file, expiresMs }: CertificateExpiry, nowMs: number): readonly AlarmView[] {
  const days = Math.floor((expiresMs - nowMs) / dayMs);
  if (days >= soonDays) return [];
  const when = days < 0 ? 'has ended' : `ends in ${days} days`;
  const words = `The certificate in ${file} ${when}: put a new one in its place.`;
  return [{ severity: days < urgentDays ? 'critical' : 'warning', kind: 'certificate', about: file, words }];
}

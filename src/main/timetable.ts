import type { Config } from '../config/load.ts';
import type { ChargerView, OperatorDoor } from '../gateway/operator-port.ts';
import { isAlive } from '../operator/liveness.ts';
import type { Backups } from '../timetable/backups.ts';
import type { CronTimes } from '../timetable/ports.ts';
import { Timetable, type TimetableJob, type TimetableParts } from '../timetable/timetable.ts';
import { type CollectedCharger, collectDiagnostics } from '../transfers/jobs/collection.ts';
import type { TransfersDesk } from '../transfers/jobs/ports.ts';
import { onCron } from './cron.ts';
import type { CurrentConfig } from './current-config.ts';

export type NightParts = Omit<TimetableParts, 'everyMinute'> & {
  readonly backups: Pick<Backups, 'make'>;
  readonly door: Pick<OperatorDoor, 'chargers'>;
  /** Undefined: no files are carried. */
  readonly desk: TransfersDesk | undefined;
};

/** Starts what happens by itself at times that the config names. */
export async function startTimetable(current: CurrentConfig, parts: NightParts): Promise<Timetable> {
  const { clock } = parts;
  const jobsOf = (config: Config) => [...backupJobs(config, parts), ...collectionJobs(config, parts)];
  const everyMinute = (look: () => void) => onCron('* * * * *', clock, look);
  const timetable = await Timetable.start(jobsOf(current.config), { ...parts, everyMinute });
  current.follow(({ config }) => {
    const jobs = jobsOf(config);
    return () => timetable.change(jobs);
  });
  return timetable;
}

function backupJobs({ backup }: Config, { backups }: NightParts): readonly TimetableJob[] {
  if (!backup.enabled) return [];
  const run: TimetableJob['run'] = async () => ((await backups.make()).kind === 'made' ? 'done' : 'failed');
  return [{ name: 'backup', times: timesOf(backup), run }];
}

function collectionJobs({ transfers }: Config, { desk, door, clock, log }: NightParts): readonly TimetableJob[] {
  const { collect } = transfers;
  if (collect === undefined || desk === undefined) return [];
  const { stations, maxConcurrent } = collect;
  const chargers = async () => (await door.chargers()).map((view) => collected(view, clock.now()));
  const parts = { settings: { stations, maxConcurrent }, chargers, desk, clock, log };
  const run: TimetableJob['run'] = async (dueMs, stopped) => {
    await collectDiagnostics(parts, dueMs, stopped);
    return 'done';
  };
  return [{ name: 'diagnostics', times: timesOf(collect), run }];
}

function collected(view: ChargerView, nowMs: number): CollectedCharger {
  const { identity, standing, noCommandsReason } = view;
  const silence = isAlive(view, nowMs) ? undefined : 'it has not spoken of late';
  return { identity, away: standing === 'accepted' ? (noCommandsReason ?? silence) : `it is ${standing}` };
}

type WrittenTimes = { readonly cron: string; readonly timezone?: string };

function timesOf({ cron, timezone }: WrittenTimes): CronTimes {
  return { cron, timezone: timezone ?? machineTimezone() };
}

/** UTC where this machine has none, or none that has a name. */
function machineTimezone(): string {
  const timezone: string | undefined = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return timezone === undefined || timezone === 'Etc/Unknown' ? 'UTC' : timezone;
}

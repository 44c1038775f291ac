import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import { type BackupParts, Backups } from '../timetable/backups.ts';
import type { CurrentConfig } from './current-config.ts';

/** Where the copies of the database are kept. */
export function backupFolder({ backup, data }: Pick<Config, 'backup' | 'data'>): string {
  return backup.folder ?? join(data.folder, 'backups');
}

export function openBackups(current: CurrentConfig, parts: Omit<BackupParts, 'settings'>): Promise<Backups> {
  const settings = current.live(({ config }) => ({ folder: backupFolder(config), keep: config.backup.keep }));
  return Backups.open({ ...parts, settings });
}

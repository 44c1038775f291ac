import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import { type BackupParts, Backups } from '../timetable/backups.ts';

/** Where the copies of the database are kept. */
export function backupFolder({ backup, data }: Pick<Config, 'backup' | 'data'>): string {
  return backup.folder ?? join(data.folder, 'backups');
}

export function openBackups(config: Config, parts: Omit<BackupParts, 'settings'>): Promise<Backups> {
  return Backups.open({ ...parts, settings: { folder: backupFolder(config), keep: config.backup.keep } });
}

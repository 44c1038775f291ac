import type { BackupsDoor } from '../timetable/ports.ts';
import { json, type Route, route } from './routes.ts';
import { backupState } from './views/backup.ts';

/** Backups of the store. One takes its time: it is begun, and then asked after. */
export function backupRoutes(backups: BackupsDoor): readonly Route[] {
  const path = ['api', 'backup'];
  return [
    route({
      method: 'POST',
      path,
      scope: 'admin',
      summary: 'Begins a backup of the store',
      gives: backupState,
      answer: async () => json({ backup: backups.begin() }),
    }),
    route({
      method: 'GET',
      path,
      scope: 'read',
      summary: 'What became of the last backup',
      gives: backupState,
      answer: async () => json({ backup: backups.state() }),
    }),
  ];
}

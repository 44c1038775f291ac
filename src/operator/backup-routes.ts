import type { BackupsDoor } from '../timetable/ports.ts';
import { json, type Route } from './routes.ts';

/** Backups of the store, over the socket in the data folder. One takes its time: it is begun, and then asked after. */
export function backupRoutes(backups: BackupsDoor): readonly Route[] {
  const path = ['api', 'backup'];
  return [
    {
      method: 'POST',
      path,
      scope: 'admin',
      summary: 'Begins a backup of the store',
      answer: async () => json({ backup: backups.begin() }),
    },
    {
      method: 'GET',
      path,
      scope: 'read',
      summary: 'What became of the last backup',
      answer: async () => json({ backup: backups.state() }),
    },
  ];
}

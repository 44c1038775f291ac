import { json, type Route } from './routes.ts';
import { type ConfigView, configView, reload, type ReloadView } from './views/config.ts';
import { record } from './views/shape.ts';

/** The config of a running gateway, as people see and renew it. */
export interface ConfigDoor {
  view(): ConfigView;
  /** What became of the last reload. */
  last(): ReloadView;
  /** Reads the config again; resolves when it holds, or was refused. Never rejects. */
  reload(): Promise<ReloadView>;
}

/** What is counted (names in `operator/meters.ts`). */
export interface ReloadMeters {
  reloaded(outcome: 'applied' | 'refused'): void;
  /** How many keys wait for the next start. */
  restartNeeded(keys: number): void;
}

export function configRoutes(config: ConfigDoor): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['api', 'config'],
      scope: 'read',
      summary: 'The config as it holds, with the source of each value',
      gives: configView,
      answer: async () => json(config.view()),
    },
    {
      method: 'POST',
      path: ['api', 'config', 'reload'],
      scope: 'admin',
      summary: 'Reads the config again, and changes over to it if it has no mistake',
      gives: record({ reload }, 'What became of it.'),
      answer: async () => json({ reload: await config.reload() }),
    },
  ];
}

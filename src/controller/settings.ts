import type { LinkSettings } from '../gateway/ports.ts';

/** What the Local Controller must be told before it starts; `main` derives it from the config. */
export type ControllerSettings = {
  /** Towards the CSMS, and under which its changed settings are kept. */
  readonly identity: string;
  /** Which site it stands for; undefined: the only one. */
  readonly site: string | undefined;
  readonly link: LinkSettings;
  readonly bootOnReconnect: 'if-charger-booted-or-csms-never-saw-it' | 'always' | 'never';
  /** Of this package: its firmwareVersion. */
  readonly version: string;
  /** How long a CALL to the CSMS may take. */
  readonly csmsDeadlineMs: number;
};

/** Where settings are kept that the CSMS changed; on disk when a promise resolves. */
export interface ControllerStore {
  settings(identity: string): Promise<Readonly<Record<string, string>>>;
  saveSetting(identity: string, key: string, value: string): Promise<void>;
}

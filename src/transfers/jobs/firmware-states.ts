import type { FirmwareState } from './ports.ts';

/** What a job comes to when its charger says so. */
export const stateOfStatus: Readonly<Record<string, FirmwareState>> = {
  Downloading: 'downloading',
  Downloaded: 'downloaded',
  DownloadFailed: 'downloadFailed',
  Installing: 'installing',
  Installed: 'installed',
  InstallationFailed: 'installationFailed',
};

/** The charger's own word for the end. */
export const ends: ReadonlySet<FirmwareState> = new Set<FirmwareState>([
  'downloadFailed',
  'installed',
  'installationFailed',
]);
/** The charger has the offer, as far as anybody knows. */
export const inHands: ReadonlySet<FirmwareState> = new Set<FirmwareState>([
  'offering',
  'offered',
  'downloading',
  'downloaded',
  'installing',
]);

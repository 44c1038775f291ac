import { join } from 'node:path';

/** The file of the telemetry in a data folder. */
export const telemetryPathIn = (folder: string): string => join(folder, 'telemetry.db');

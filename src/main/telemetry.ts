import type { SitesDoor } from '../charging/site/ports.ts';
import type { Config } from '../config/load.ts';
import { type Clock, type Log, type MessageLog, noMessageLog } from '../gateway/ports.ts';
import type { Telemetry } from '../telemetry/ports.ts';
import { watchSites } from '../telemetry/site-watch.ts';
import { openTelemetry } from '../telemetry/thread.ts';

export type TelemetryParts = { readonly clock: Clock; readonly log: Log; readonly dropped: (messages: number) => void };

export type OpenTelemetry = {
  readonly telemetry: Telemetry;
  /** Where the wires tell what was said: nowhere, unless messages are to be kept. */
  readonly messages: MessageLog;
  /** Keeps what the sites do until the returned function is called. */
  readonly watch: (sites: SitesDoor) => () => void;
};

/** `telemetry.db` in the data folder. */
export function telemetryOf(
  { data, messages }: Pick<Config, 'data' | 'messages'>,
  parts: TelemetryParts,
): OpenTelemetry {
  const { enabled, keepDays, keepBytes } = messages;
  const telemetry = openTelemetry({ ...parts, folder: data.folder, keepDays, keepBytes });
  return {
    telemetry,
    messages: enabled ? telemetry : noMessageLog,
    watch: (sites) => watchSites(sites, telemetry, parts.clock),
  };
}

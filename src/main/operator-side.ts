import { join } from 'node:path';
import { certificateExpiries } from '../config/expiries.ts';
import type { Config } from '../config/load.ts';
import { operatorTokens } from '../config/tokens.ts';
import type { SitesDoor } from '../charging/site/ports.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Clock } from '../gateway/ports.ts';
import { readConsoleFiles } from '../operator/console-files.ts';
import { configRoutes } from '../operator/config-routes.ts';
import { logRoutes } from '../operator/log-routes.ts';
import { messageRoutes } from '../operator/message-routes.ts';
import { createMetrics, type MetricsOptions } from '../operator/metrics.ts';
import { chargerRowsNow } from '../operator/charger-views.ts';
import { createOperatorServer } from '../operator/server.ts';
import { socketPathIn } from '../operator/socket-file.ts';
import { chargerViewsOf } from '../operator/view-routes.ts';
import type { TelemetryDoor } from '../telemetry/ports.ts';
import type { BackupsDoor } from '../timetable/ports.ts';
import type { CampaignsDesk } from '../transfers/campaigns/ports.ts';
import type { TransfersDesk } from '../transfers/jobs/ports.ts';
import { localHost } from './addresses.ts';
import { type Listener, setupsOf } from './charger-setup.ts';
import type { CurrentConfig } from './current-config.ts';
import type { Ending } from './ending.ts';
import { packageRoot, packageVersion } from './package.ts';
import type { Reloading } from './reloading.ts';

const tokensOf = (config: Config) =>
  operatorTokens(config).map(({ token, ...told }) => ({ ...told, token: token.reveal() }));

export type OperatorSideParts = Pick<MetricsOptions, 'registry' | 'store' | 'log'> & {
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'operator' | 'inspection'>;
  readonly sites: SitesDoor;
  readonly transfers: TransfersDesk | undefined;
  readonly campaigns: CampaignsDesk | undefined;
  readonly backups: BackupsDoor;
  readonly telemetry: TelemetryDoor;
  /** Those that are open for chargers. */
  readonly listeners: readonly Listener[];
  readonly reloading: Reloading | undefined;
  readonly lastLines: (() => readonly string[]) | undefined;
};

/** The operator API with the console, over TCP and the socket of the data folder; resolves with the URL of the former. */
export async function openOperatorSide(
  current: CurrentConfig,
  { gateway, telemetry, listeners, reloading, lastLines, ...parts }: OperatorSideParts,
  ending: Ending,
): Promise<string> {
  const { config } = current;
  const { host, port, chargerLabels } = config.operator;
  const { folder } = config.data;
  const certificates = current.derive((present) => certificateExpiries(present.config));
  const sources = { ...parts, door: gateway.operator, certificates, folder, version: packageVersion() };
  const live = {
    inspection: gateway.inspection,
    startedMs: parts.clock.elapsed(),
    restartNeeded: () => reloading?.last().restartNeeded ?? [],
  };
  const views = chargerViewsOf({ ...sources, gateway: live });
  const metrics = createMetrics({ ...sources, chargerLabels, connectors: () => chargerRowsNow(views) });
  ending.first(() => metrics.close());
  const server = createOperatorServer({
    ...sources,
    metrics,
    host,
    port,
    tokens: current.derive((present) => tokensOf(present.config)),
    setupOf: (...charger) => setupsOf(current.settings, () => listeners)(...charger),
    gateway: live,
    config: reloading,
    routes: [
      ...messageRoutes(telemetry),
      ...(reloading === undefined ? [] : configRoutes(reloading)),
      ...(lastLines === undefined ? [] : logRoutes(lastLines)),
    ],
    topics: {
      messages: (afterId) => telemetry.recent(afterId),
      ...(reloading === undefined ? {} : { config: async () => reloading.last() }),
    },
    console: await readConsoleFiles(join(packageRoot, 'dist', 'console')),
    socketPath: socketPathIn(folder),
  });
  const listeningPort = await server.listen();
  ending.first(() => server.close());
  return `http://${localHost(host)}:${listeningPort}`;
}

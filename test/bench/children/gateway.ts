import { readConfig } from '../../../src/main/read-config.ts';
import { startEdge } from '../../../src/main.ts';
import { createLog } from '../../../src/operator/log.ts';
import { serve } from '../control/serve.ts';
import { TurnStore } from '../turn-store.ts';
import { SiteDriver } from './site-driver.ts';
import { Turns } from './turns.ts';
import { type RelayAsks, usageAsks } from './usage.ts';

/* The gateway under test: the build, composed as `ocpp-edge run` does, with its own store or the bench's. */

const [configFile = '', storeKind = ''] = process.argv.slice(2);
const loaded = await readConfig(configFile, {});
if (loaded.kind === 'refused') throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));

const log = createLog({ level: loaded.config.log.level });
const store = storeKind === 'memory' ? { store: new TurnStore() } : {};
const gateway = await startEdge(loaded, { log, ...store });

const driver = new SiteDriver(gateway);
const turns = new Turns();

/** What a gateway can be asked beside what all relays can. */
export type GatewayAsks = RelayAsks &
  Pick<SiteDriver, 'wish' | 'unsettle' | 'calm' | 'planning' | 'lastPlan'> & {
    readonly operatorUrl: () => string;
    readonly watchTurns: () => void;
    /** By its CPU, ms, since `watchTurns`. */
    readonly longestTurn: () => number;
  };

const asks: GatewayAsks = {
  ...usageAsks(),
  port: () => Number(new URL(gateway.soapUrl).port),
  operatorUrl: () => gateway.operatorUrl,
  wish: (wishes) => driver.wish(wishes),
  unsettle: (site) => driver.unsettle(site),
  calm: () => driver.calm(),
  planning: () => driver.planning(),
  lastPlan: (site) => driver.lastPlan(site),
  watchTurns: () => turns.watch(),
  longestTurn: () => turns.longestMs(),
};

serve(asks);

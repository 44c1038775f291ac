import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { playAct } from './act.ts';
import type { Charger } from './charger.ts';
import { startFileServer } from './csms/file-server.ts';
import { startCsms } from './csms.ts';
import { countsBySort, jitteredPause, settledLedger, type SortCount, stopFleet } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import { startMixedFleet } from './mixed-fleet.ts';
import { sampleInterval, script } from './script.ts';
import { SiteMeter } from './site.ts';
import { perform, type Snapshot, snapshotOf, type Stage } from './stage.ts';
import { transferLedger, type TransferLedger } from './truth.ts';
import { within } from './waiting.ts';

/** Starts the gateway that the story is about. */
export type StartGateway = (options: GatewayWish) => Promise<DemoGateway>;

export type GatewayWish = {
  readonly csmsUrl: string;
  readonly dataFolder: string;
  /** PEM file of who vouches for the CSMS's images. */
  readonly caFile: string;
};

export type DemoGateway = {
  /** URL of the CentralSystemService for chargers. */
  readonly soapUrl: string;
  /** URL of the endpoint for chargers with OCPP-J. */
  readonly jsonUrl: string;
  readonly operatorUrl: string;
  /** Where the operator's commands go. */
  readonly operatorSocket: string;
  close(): Promise<void>;
};

export type StorySettings = {
  /** Length; undefined plays acts of a minute until it is stopped. */
  readonly durationS: number | undefined;
  readonly startGateway: StartGateway;
  /** Folder of the gateway's data; the caller removes it. */
  readonly dataFolder: string;
  /** Folder with a folder of WSDL files for each version. */
  readonly wsdlFolder: string;
  /** How long, at the end, what was acknowledged may take to arrive. */
  readonly drainMs: number;
  readonly audience: Audience;
  /** Ends the story early; the ledger is still drawn up. */
  readonly signal: AbortSignal;
};

export type Audience = {
  /** Everything runs; `look` shows the stage at any moment until the end. */
  readonly onBegin: (begin: { readonly operatorUrl: string; readonly look: () => Snapshot }) => void;
  readonly onEvent: (text: string) => void;
};

/** How it ended. */
export type StoryEnd = {
  readonly ledger: Ledger;
  readonly sorts: readonly SortCount[];
  readonly transfers: TransferLedger;
  /** Sessions and remote commands that went as they should, and that did not. */
  readonly deeds: { readonly done: number; readonly failed: number };
  /** Transaction messages that no charger could deliver to the gateway. */
  readonly unacknowledged: number;
  /** What the gateway did that OCPP-J does not allow. */
  readonly violations: readonly string[];
  /** The most that the meter at the site's fuse saw, and the fuse; A per phase. */
  readonly site: { readonly maxLoadA: number; readonly limitA: number };
  /** False when it was stopped early. */
  readonly complete: boolean;
};

const actS = 60;
const leastMessages = 50;

/** Plays the story: gateway, chargers and CSMS on loopback, an outage in the middle, the ledger at the end. */
export async function playStory(settings: StorySettings): Promise<StoryEnd> {
  const csms = await startCsms({ heartbeatS: 5 });
  const files = await startFileServer();
  try {
    const { dataFolder } = settings;
    const caFile = join(dataFolder, 'demo-ca.pem');
    await writeFile(caFile, files.ca);
    const gateway = await settings.startGateway({ csmsUrl: csms.url, dataFolder, caFile });
    const meter = new SiteMeter();
    let chargers: readonly Charger[] = [];
    try {
      chargers = await startDemoFleet(settings, gateway, () => meter.changed());
      meter.watch(chargers);
      return await playWithFleet(settings, { csms, files, gateway, chargers, meter });
    } finally {
      // The gateway first: it leaves the rest values in chargers that have no smart charging.
      await gateway.close();
      await stopFleet(chargers);
    }
  } finally {
    await Promise.all([csms.close(), files.close()]);
  }
}

/** Nothing lost, reordered or untrue, all delivered, the fuse kept; and of a whole story at least what its script promises. */
export function isClean({ ledger, transfers, unacknowledged, violations, site, complete }: StoryEnd): boolean {
  const told = !complete || (ledger.sent >= leastMessages && ledger.outages > 0);
  const kept = ledger.lost === 0 && ledger.reordered === 0 && unacknowledged === 0 && violations.length === 0;
  return kept && transfers.untrue === 0 && site.maxLoadA <= site.limitA && told;
}

function lengthMsOf({ durationS }: StorySettings): number {
  return (durationS ?? actS) * 1000;
}

async function startDemoFleet(
  settings: StorySettings,
  { soapUrl, jsonUrl }: DemoGateway,
  onPower: () => void,
): Promise<readonly Charger[]> {
  const sampleIntervalMs = Math.min(10_000, lengthMsOf(settings) * sampleInterval);
  const { wsdlFolder } = settings;
  return await startMixedFleet({
    soapUrl,
    jsonUrl,
    wsdlFolder,
    charger: { sampleIntervalMs, retry: retryPolicy, onPower },
  });
}

type Cast = Pick<Stage, 'csms' | 'files' | 'chargers' | 'meter'> & { readonly gateway: DemoGateway };

async function playWithFleet(settings: StorySettings, { gateway, ...cast }: Cast): Promise<StoryEnd> {
  const { csms, files, chargers, meter } = cast;
  const deeds = { done: 0, failed: 0 };
  const tell = settings.audience.onEvent;
  const { operatorUrl, operatorSocket } = gateway;
  const stage: Stage = { ...cast, operatorSocket, tell, count: (what) => void (deeds[what] += 1) };
  settings.audience.onBegin({ operatorUrl, look: () => snapshotOf(stage) });
  const complete = await playActs(stage, settings);
  const remains = await curtain(stage, settings.drainMs);
  const { maxLoadA, limitA } = meter.view();
  const transfers = transferLedger(chargers, csms, files);
  const violations = [csms, ...chargers].flatMap((side) => side.violations);
  return { ...remains, transfers, deeds, violations, site: { maxLoadA, limitA }, complete };
}

const retryPolicy = { pauseMs: jitteredPause(200, 2000), faultAttempts: 3 };

/** Acts until the length is over, or the signal comes. True when the last act was played to its end. */
async function playActs(stage: Stage, settings: StorySettings): Promise<boolean> {
  const { signal } = settings;
  const play = () =>
    playAct({ script, lengthMs: lengthMsOf(settings), signal, perform: (deed) => perform(stage, deed) });
  if (settings.durationS !== undefined) return await play();
  while (await play());
  return false;
}

type Remains = Pick<StoryEnd, 'ledger' | 'sorts' | 'unacknowledged'>;

/** The end: everybody unplugs, the CSMS is there, and what was acknowledged has its time to arrive. */
async function curtain({ csms, chargers, tell }: Stage, drainMs: number): Promise<Remains> {
  if (!csms.isOn) await csms.switchOn();
  for (const charger of chargers) {
    for (const id of charger.connectorIds) charger.unplug(id);
  }
  tell('all sessions are over; waiting until the CSMS has everything');
  await within(Promise.all(chargers.map((charger) => charger.drained())), drainMs);
  const ledger = await settledLedger(chargers, csms, drainMs);
  const unacknowledged = sumOf(chargers, (charger) => charger.display().waiting + charger.givenUp);
  return { ledger, sorts: countsBySort(chargers, csms), unacknowledged };
}

function sumOf(chargers: readonly Charger[], count: (charger: Charger) => number): number {
  return chargers.reduce((total, charger) => total + count(charger), 0);
}

import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Csms, startCsms } from '../../src/demo/csms.ts';
import { setup as buildPackage } from '../support/build.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { type CuttingProxy, cuttingProxy } from '../support/programs/cutting-proxy.ts';
import { run } from '../support/programs/program.ts';
import { SoapCharger } from '../support/soap-charger.ts';
import { WebStage } from '../support/web-server.ts';
import { Charger } from './load/charger.ts';
import { percentile } from './statistics.ts';

/** One image for all chargers of a site, and the Heartbeats of another charger before and while they fetch it. */
export type SiteSeen = {
  /** What came from the location of the CSMS, over the size of the image. */
  readonly wanShare: number;
  readonly cuts: number;
  readonly failed: number;
  readonly seconds: number;
  readonly idle: Latencies;
  readonly busy: Latencies;
};

export type Latencies = {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

const idleMs = 3_000;
const betweenBeatsMs = 5;
const wanCuts = 3;

/** The whole gateway in its own process; `clients` chargers on the package `soap` are updated at the same time. */
export async function measureSite(place: string, clients: number): Promise<SiteSeen> {
  buildPackage();
  const web = new WebStage();
  const csms = await startCsms({ heartbeatS: 300 });
  const gateway = await GatewayProcess.prepare({
    csmsUrl: csms.url,
    config: { chargerDefaults: { transferProtocol: 'ftp' } },
  });
  const bytes = statSync(place).size;
  const origin = new URL(await web.serve((request, response) => serveRange(place, bytes, request, response)));
  const wan = await cutsOnTheWay(Number(origin.port), bytes);
  try {
    await gateway.start();
    const updated = await update(gateway, csms, clients, `http://127.0.0.1:${wan.port}/image.bin`);
    const wanShare = wan.down() / bytes;
    const beating = await Charger.connect(Number(new URL(gateway.soapUrl).port), {
      identity: 'BEAT',
      callbackUrl: 'http://127.0.0.1:9/cp',
    });
    await beating.prepare();
    const idleUntilMs = performance.now() + idleMs;
    const idle = await beats(beating, () => performance.now() < idleUntilMs);
    const startedMs = performance.now();
    let isServing = true;
    const downloads = Promise.all(updated.map(({ location }) => download(location, bytes))).finally(() => {
      isServing = false;
    });
    const busy = await beats(beating, () => isServing);
    const failed = (await downloads).filter((whole) => !whole).length;
    const seconds = (performance.now() - startedMs) / 1000;
    beating.close();
    await Promise.all(updated.map(({ charger }) => charger.stop()));
    return { wanShare, cuts: wan.cuts(), failed, seconds, idle, busy };
  } finally {
    await Promise.all([gateway.remove(), csms.close(), wan.close(), web.end()]);
  }
}

type Updated = { readonly charger: SoapCharger; readonly location: string };

/** Boots the chargers, has the CSMS update all, and waits until each was told a location. */
async function update(gateway: GatewayProcess, csms: Csms, clients: number, location: string): Promise<Updated[]> {
  const identities = Array.from({ length: clients }, (_, index) => `UP-${index + 1}`);
  const chargers = await Promise.all(
    identities.map(async (identity) => {
      const charger = new SoapCharger({ identity, endpoint: gateway.soapUrl, prefix: 'SOAP-ENV' });
      await charger.start();
      await charger.say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion: '1' });
      return charger;
    }),
  );
  await Promise.all(identities.map((identity) => csms.call(identity, 'UpdateFirmware', firmwareAt(location), 15_000)));
  return Promise.all(chargers.map(async (charger) => ({ charger, location: await toldLocation(charger) })));
}

const firmwareAt = (location: string) => {
  return { location, retrieveDate: new Date().toISOString(), retries: wanCuts, retryInterval: 1 };
};

async function toldLocation(charger: SoapCharger): Promise<string> {
  for (const endMs = performance.now() + 60_000; performance.now() < endMs; await pause(20)) {
    const payload = charger.called.find(({ action }) => action === 'UpdateFirmware')?.payload;
    if (typeof payload === 'object' && payload !== null && 'location' in payload) return String(payload.location);
  }
  throw new Error('a charger was not told of its update');
}

/** A location of a CSMS, behind a line of a gigabit: a server of ranges with a validator. */
function serveRange(place: string, bytes: number, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = from === 0 ? {} : { 'Content-Range': `bytes ${from}-${bytes - 1}/${bytes}` };
  response.writeHead(from === 0 ? 200 : 206, { 'Content-Length': bytes - from, ETag: '"image"', ...range });
  void pipeline(overTheLine(createReadStream(place, { start: from, highWaterMark: lineChunkBytes })), response).catch(
    () => response.destroy(),
  );
}

const lineChunkBytes = 1_000_000;
const lineChunkMs = 8;

async function* overTheLine(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    await pause(lineChunkMs);
  }
}

/** Each of the first connections gets a quarter of the image through. */
function cutsOnTheWay(port: number, bytes: number): Promise<CuttingProxy> {
  let connections = 0;
  return cuttingProxy({ host: '127.0.0.1', port }, () => {
    connections += 1;
    if (connections > wanCuts) return undefined;
    return { after: Math.floor(bytes / (wanCuts + 1)), direction: 'down', how: 'reset' };
  });
}

async function download(location: string, bytes: number): Promise<boolean> {
  const { exitCode, stdout } = await run('curl', ['-sS', '-o', '/dev/null', '-w', '%{size_download}', location]);
  return exitCode === 0 && Number(stdout) === bytes;
}

async function beats(charger: Charger, goesOn: () => boolean): Promise<Latencies> {
  const latencies: number[] = [];
  while (goesOn()) {
    const sentMs = performance.now();
    await new Promise<void>((resolve) => charger.send('Heartbeat', () => resolve()));
    latencies.push(performance.now() - sentMs);
    await pause(betweenBeatsMs);
  }
  const sorted = latencies.toSorted((one, other) => one - other);
  const [p50Ms, p99Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return { count: sorted.length, p50Ms, p99Ms, maxMs: sorted.at(-1) ?? Number.NaN };
}

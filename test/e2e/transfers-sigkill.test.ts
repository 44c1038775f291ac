import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { transfersOver } from '../../src/cli/transfers-client.ts';
import { type Csms, startCsms } from '../../src/demo/csms.ts';
import { socketPathIn } from '../../src/operator/socket-file.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { SoapCharger } from '../support/soap-charger.ts';
import { fetchAsCharger, uploadAsCharger } from '../support/transfer-stage.ts';
import { type Handler, WebStage } from '../support/web-server.ts';

/* SIGKILL in each state of a job: it goes on after the restart, and nothing is offered twice. */

const identity = 'KILL-1';
const image = randomBytes(300_000);
const patienceMs = 30_000;

let web: WebStage;
let csms: Csms;
let gateway: GatewayProcess;
let charger: SoapCharger;

beforeEach(async () => {
  web = new WebStage();
  csms = await startCsms({ heartbeatS: 300 });
  gateway = await GatewayProcess.prepare({
    csmsUrl: csms.url,
    config: { chargerDefaults: { transferProtocol: 'ftp' } },
  });
  await gateway.start();
  charger = new SoapCharger({ identity, endpoint: gateway.soapUrl, prefix: 'soap' });
  await charger.start();
  charger.react = (action) => (action === 'GetDiagnostics' ? { fileName: 'log.zip' } : {});
  await charger.say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion: '1' });
});

afterEach(async () => {
  await charger.stop();
  await csms.close();
  await gateway.remove();
  await web.end();
});

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const endMs = Date.now() + patienceMs; !(await isSo()); await pause(20)) {
    if (Date.now() > endMs) throw new Error(`not within ${patienceMs} ms: ${what}\n${gateway.stderr.join('')}`);
  }
}

const jobs = () => transfersOver(socketPathIn(gateway.dataFolder)).transfers({});
const inState = (state: string) => until(state, async () => (await jobs())[0]?.state === state);

async function killed(): Promise<void> {
  await gateway.end('SIGKILL');
  await gateway.start();
}

const asked = (action: string) => charger.called.filter((call) => call.action === action);

function urlOf(action: string): unknown {
  const payload = asked(action)[0]?.payload;
  return typeof payload === 'object' && payload !== null && 'location' in payload ? payload.location : undefined;
}

/** A charger tries until it succeeds. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (const endMs = Date.now() + patienceMs; ; await pause(100)) {
    try {
      return await work();
    } catch (thrown) {
      if (Date.now() > endMs) throw thrown;
    }
  }
}

const says = (kind: 'Firmware' | 'Diagnostics', status: string) =>
  persistently(() => charger.say(`${kind}StatusNotification`, { status }));

async function call(action: string, payload: Readonly<Record<string, unknown>>) {
  await until('a link', () => csms.connected.includes(identity));
  return csms.call(identity, action, payload, 15_000);
}

describe('a firmware job', () => {
  const serveImage: Handler = (_request, response) =>
    void response.writeHead(200, { 'Content-Length': image.length }).end(image);

  async function update(handler = serveImage): Promise<void> {
    const location = `${await web.serve(handler)}/wall-2.bin`;
    const conf = await call('UpdateFirmware', { location, retrieveDate: '2026-03-01T12:00:00Z' });
    expect(conf).toEqual({ kind: 'answered', payload: {} });
  }

  /** The charger does the rest, and says it; the CSMS hears it in order, and the charger heard of the update once. */
  async function finish(statuses: readonly string[]): Promise<void> {
    await until('the offer', () => asked('UpdateFirmware').length > 0);
    expect(await persistently(() => fetchAsCharger(urlOf('UpdateFirmware')))).toEqual(image);
    // A restarted gateway links a charger when it hears from it, and while there is no link only the last status counts.
    await persistently(() => charger.say('Heartbeat', {}));
    await until('a link', () => csms.connected.includes(identity));
    for (const status of statuses) await says('Firmware', status);
    const heard = ['Downloading', 'Downloaded', 'Installing', 'Installed'];
    await until('the last status', () => csms.book(identity).firmware.includes('Installed'));
    // What was on its way to the CSMS when the gateway was killed is sent once more.
    const told = csms.book(identity).firmware.filter((status, index, list) => status !== list[index - 1]);
    expect(told).toEqual(heard);
    expect(asked('UpdateFirmware')).toHaveLength(1);
    await inState('installed');
    expect(await jobs()).toMatchObject([{ state: 'installed', open: false, sentBytes: image.length }]);
  }

  const all = ['Downloading', 'Downloaded', 'Installing', 'Installed'];

  test('accepted: the image is fetched again', async () => {
    let isHeld = true;
    await update((request, response, turn) => void (isHeld || serveImage(request, response, turn)));
    await inState('accepted');
    isHeld = false;
    await killed();
    await finish(all);
  });

  test('verified: the charger hears of it when it can be reached', async () => {
    const { url } = charger;
    await charger.stop();
    await update();
    await inState('verified');
    await killed();
    await charger.listenAt(url);
    await persistently(() => charger.say('Heartbeat', {}));
    await finish(all);
  });

  test('offering: what the charger does shows that it has heard', async () => {
    charger.react = () => {
      process.kill(gateway.pid, 'SIGKILL');
      return {};
    };
    await update();
    await until('the offer', () => asked('UpdateFirmware').length > 0);
    charger.react = () => ({});
    await killed();
    await finish(all);
  });

  test('offered: the URL leads to the image', async () => {
    await update();
    await inState('offered');
    await killed();
    await finish(all);
  });

  test.each([1, 2, 3])('after %i statuses of the charger', async (count) => {
    await update();
    await inState('offered');
    for (const status of all.slice(0, count)) await says('Firmware', status);
    await killed();
    await finish(all.slice(count));
  });
});

describe('a diagnostics job', () => {
  const diagnostics = randomBytes(300_000);
  let inbox: Map<string, Buffer>;
  let isHeld: boolean;

  beforeEach(async () => {
    inbox = new Map();
    isHeld = false;
    const url = await web.serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (isHeld) return;
        inbox.set(request.url ?? '', Buffer.concat(chunks));
        response.writeHead(201).end();
      });
    });
    expect(await call('GetDiagnostics', { location: `${url}/in/` })).toMatchObject({
      payload: { fileName: 'log.zip' },
    });
  });

  const upload = () => persistently(() => uploadAsCharger(urlOf('GetDiagnostics'), 'log.zip', diagnostics));

  async function arrives(): Promise<void> {
    await until('the end', () => csms.book(identity).diagnostics.length > 0);
    expect(csms.book(identity).diagnostics).toEqual(['Uploaded']);
    expect(inbox).toEqual(new Map([['/in/log.zip', diagnostics]]));
    expect(asked('GetDiagnostics')).toHaveLength(1);
  }

  test('asked: the URL takes the file', async () => {
    await inState('asked');
    await killed();
    await upload();
    await says('Diagnostics', 'Uploaded');
    await arrives();
  });

  test('received: the file is whole', async () => {
    await upload();
    await inState('received');
    await killed();
    await says('Diagnostics', 'Uploaded');
    await arrives();
  });

  test('bringing: it is brought again', async () => {
    isHeld = true;
    await upload();
    await says('Diagnostics', 'Uploaded');
    await inState('bringing');
    isHeld = false;
    await killed();
    await arrives();
  });
});

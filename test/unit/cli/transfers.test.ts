import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { runDiagnostics } from '../../../src/cli/diagnostics.ts';
import { runTransfers } from '../../../src/cli/transfers.ts';
import { type Csms, startCsms } from '../../../src/demo/csms.ts';
import { type Charger, startCharger } from '../../../src/demo/charger.ts';
import { noQuirks } from '../../../src/demo/charger/quirks.ts';
import { ocpp16 } from '../../../src/demo/charger/generations/ocpp-1.6.ts';
import { loadOcppServices } from '../../../src/demo/charger/services.ts';
import { soapSpeech } from '../../../src/demo/charger/soap-line.ts';
import { type Edge, freeFilePorts, startTestEdge } from '../../support/edge.ts';
import { wsdlFolder } from '../../support/wsdl-files.ts';
import { WebStage } from '../../support/web-server.ts';
import { listen } from './data-folder.ts';

/* `transfers` and `diagnostics` on a running gateway with a charger, and on its data folder when it is gone. */

let csms: Csms;
let edge: Edge;
let charger: Charger;
let web: WebStage;

beforeEach(async () => {
  web = new WebStage();
  csms = await startCsms({ heartbeatS: 300 });
  const transfers = { ...freeFilePorts, allowNetworks: ['127.0.0.0/8'] };
  edge = await startTestEdge({ csmsUrl: csms.url, config: { transfers } });
  charger = await startCharger({
    identity: 'CP-1',
    speech: soapSpeech(ocpp16, {
      centralSystemUrl: edge.soapUrl,
      services: await loadOcppServices(join(wsdlFolder, '1.6')),
    }),
    quirks: noQuirks,
    model: 'Wallbox',
    connectors: 1,
    maxA: 16,
    retry: { pauseMs: () => 20, faultAttempts: 3 },
    sampleIntervalMs: 0,
    maxIntervalMs: 60_000,
    deadlineMs: 5_000,
    energySpeed: 1,
    onPower: () => undefined,
  });
  await charger.booted();
  await csms.changes.until(() => csms.connected.includes('CP-1'), 10_000);
});

afterEach(async () => {
  await charger.close();
  await edge.remove();
  await csms.close();
  await web.end();
});

async function transfers(...args: readonly string[]) {
  const { io, said } = listen();
  const exit = await runTransfers([...args, '--data', join(edge.folder, 'data')], { ...io, now: Date.now });
  return { exit, ...said };
}

/** An update from a location that carries secrets and has no image. */
async function failedUpdate(): Promise<void> {
  const url = await web.serve((_request, response) => void response.writeHead(404).end());
  const location = `${url.replace('//', '//fleet:hunter22@')}/wall.bin?signature=deadbeef`;
  await csms.call('CP-1', 'UpdateFirmware', { location, retrieveDate: '2026-03-01T12:00:00Z', retries: 0 }, 10_000);
  await csms.changes.until(() => csms.book('CP-1').firmware.includes('DownloadFailed'), 10_000);
}

describe('transfers', () => {
  test('ls, show with its transcript, retry and cancel; no secret of a location is seen', async () => {
    expect(await transfers('ls')).toEqual({ exit: 0, out: 'there was no transfer\n', err: '' });
    await failedUpdate();
    const { out } = await transfers('ls');
    expect(out).toMatch(/^1 +CP-1 +firmware +fetchFailed +.*DownloadFailed +NotFound/m);
    const shown = await transfers('show', '1');
    expect(shown.out).toContain('HTTP 404');
    expect(shown.out).toContain('state       fetchFailed: NotFound');
    const json = await transfers('show', '1', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ transfer: { id: 1, kind: 'firmware', told: 'DownloadFailed' } });
    for (const text of [out, shown.out, json.out]) expect(text).not.toMatch(/hunter22|deadbeef/);
    expect(await transfers('cancel', '1')).toMatchObject({ exit: 1, err: 'transfer 1 is over\n' });
    expect(await transfers('retry', '1')).toMatchObject({ exit: 0, out: expect.stringContaining('transfer 2') });
    expect(await transfers('show', '7')).toMatchObject({ exit: 1, err: expect.stringContaining('no transfer 7') });
    expect(await transfers('drop', '1')).toMatchObject({ exit: 2 });
  });

  test('without a gateway: what was, and nothing to do', async () => {
    await failedUpdate();
    await charger.close();
    await edge.close();
    expect((await transfers('ls', '--json')).out).toContain('"state":"fetchFailed"');
    expect((await transfers('show', '1')).out).toContain('HTTP 404');
    expect(await transfers('retry', '1')).toMatchObject({ exit: 1, err: 'no gateway runs on this data folder\n' });
  });
});

test('diagnostics get: the charger’s file, under the name that it gave it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'diagnostics-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { io, said } = listen();
  const file = join(folder, 'cp1.log');
  const data = ['--data', join(edge.folder, 'data')];
  expect(await runDiagnostics(['get', 'cp-1', '-o', file, ...data], { ...io, now: Date.now })).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^firmware 1\.6\.2\n0 CP-1 door closed/);
  expect(said.out).toMatch(/^\d+ bytes of cp-1 in /);
  expect(csms.book('CP-1').diagnostics).toEqual([]);
  expect(await runDiagnostics(['get', 'CP-9', ...data], { ...io, now: Date.now })).toBe(1);
  expect(said.err).toContain('there is no charger CP-9');
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { edgeStarter } from '../../src/cli/demo.ts';
import type { Snapshot } from '../../src/demo/stage.ts';
import { isClean, playStory, type StartGateway, type StoryEnd } from '../../src/demo/story.ts';
import { SchemaRelay } from '../support/schema-relay.ts';
import { wsdlFolder } from '../support/wsdl-files.ts';

/** The whole demo on the real gateway; shorter than people may ask for, since the script scales. */
const durationS = 6;
let folder: string;
let events: string[];
let look: () => Snapshot;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-story-'));
  events = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const startGateway = edgeStarter({ env: {}, onLog: (line) => events.push(line) });

async function play(
  start: StartGateway,
  onEvent: (text: string) => void = () => undefined,
  lengthS = durationS,
): Promise<StoryEnd> {
  return await playStory({
    durationS: lengthS,
    drainMs: 3000,
    startGateway: start,
    dataFolder: folder,
    wsdlFolder,
    signal: new AbortController().signal,
    audience: {
      onBegin: (begin) => {
        look = begin.look;
      },
      onEvent: (text) => {
        events.push(text);
        onEvent(text);
      },
    },
  });
}

describe('the story of the demo', { timeout: 60_000 }, () => {
  test('ends with a clean ledger, an outage, and every deed done', async () => {
    let outage: Snapshot | undefined;
    let limited: Snapshot | undefined;
    const onEvent = (text: string) => {
      if (text.includes('DEMO-02 connector 2: unplugged')) outage = look();
      if (text.includes('DEMO-01 connector 1: unplugged')) limited = look();
    };
    const relay = await SchemaRelay.start();
    onTestFinished(() => relay.close());
    const end = await play(
      (options) => startGateway({ ...options, csmsUrl: relay.inFrontOf(options.csmsUrl) }),
      onEvent,
      15,
    );
    expect(end.deeds.failed, events.join('\n')).toBe(0);
    expect(end.ledger).toMatchObject({ lost: 0, reordered: 0, duplicates: 0, outages: 1 });
    expect(end.ledger.sent).toBeGreaterThanOrEqual(50);
    expect(end.sorts.map(({ sort, chargers }) => [sort, chargers])).toEqual([
      ['1.6-S', 3],
      ['1.5-S', 1],
      ['1.6-J', 1],
      ['1.2-S', 1],
    ]);
    for (const { sent, delivered } of end.sorts) expect([delivered, delivered > 6]).toEqual([sent, true]);
    expect(relay.messages).toBeGreaterThan(end.ledger.sent);
    expect(relay.violations).toEqual([]);
    expect(end).toMatchObject({ complete: true, unacknowledged: 0, violations: [] });
    expect(end.transfers).toEqual({ firmware: { installed: 1 }, diagnostics: { uploaded: 1 }, untrue: 0 });
    expect(isClean(end)).toBe(true);
    // more than all safe shares that a car is at, never more than the fuse
    expect(end.site.maxLoadA).toBeGreaterThan(2 * 8 + 2 * 6);
    expect(end.site.maxLoadA).toBeLessThanOrEqual(end.site.limitA);
    // by a profile that it does not understand
    expect(limited?.chargers.find(({ sort }) => sort === '1.2-S')?.connectors).toMatchObject([{ limitA: 6 }]);
    expect(outage).toMatchObject({ csmsOn: false, connected: 0 });
    expect(outage?.ledger.lost).toBeGreaterThan(0);
  });

  test('finds out a gateway that acknowledges a message and does not deliver it', async () => {
    const thief = await startThief('stopTransaction', '<csms:stopTransactionResponse/>');
    const end = await play(async (options) => {
      const gateway = await startGateway(options);
      return { ...gateway, soapUrl: thief.inFrontOf(gateway.soapUrl) };
    });
    expect(end.ledger).toMatchObject({ lost: 1, delivered: end.ledger.sent - 1, reordered: 0 });
    expect(isClean(end)).toBe(false);
  });
});

test('Ctrl-C ends the demo with its ledger, the last line alone on stdout, and no folder left', {
  timeout: 60_000,
}, async () => {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const env = { ...process.env, TMPDIR: folder };
  const demo = spawn(process.execPath, ['--import', 'tsx', cli, 'demo', '--json'], { env });
  onTestFinished(() => void demo.kill('SIGKILL'));
  let interrupted = false;
  let out = '';
  let err = '';
  demo.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  demo.stderr.on('data', (chunk) => {
    err += String(chunk);
    if (!interrupted && err.includes('DEMO-01 connector 1: plugged in')) interrupted = demo.kill('SIGINT');
  });
  const [code] = await once(demo, 'close');
  expect(code, err).toBe(0);
  const { ledger, sorts, transfers, site } = JSON.parse(out) as Record<
    'ledger' | 'sorts' | 'transfers' | 'site',
    Record<string, number>
  >;
  expect(out).toBe(`${JSON.stringify({ ledger, sorts, transfers, site })}\n`);
  expect(transfers['untrue']).toBe(0);
  expect(Object.keys(site)).toEqual(['maxLoadA', 'limitA']);
  expect(Object.keys(ledger)).toEqual(['sent', 'delivered', 'lost', 'reordered', 'duplicates', 'outages']);
  expect(ledger['sent']).toBeGreaterThan(0);
  expect(ledger['delivered']).toBe(ledger['sent']);
  expect((await readdir(folder)).filter((name) => name.startsWith('ocpp-edge-demo-'))).toEqual([]);
});

/** Stands between chargers and gateway, and answers one request of an operation itself. */
async function startThief(operation: string, answer: string) {
  let target = '';
  let stolen = false;
  const answerOne = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const contentType = 'application/soap+xml; charset=utf-8';
    if (!stolen && body.includes(`${operation}Request`)) {
      stolen = true;
      const [namespace = ''] = /urn:\/\/Ocpp\/Cs\/[\d/]+/.exec(body) ?? [];
      response.writeHead(200, { 'content-type': contentType }).end(envelope(namespace, answer));
      return;
    }
    const forwarded = await fetch(target, { method: 'POST', body, headers: { 'content-type': contentType } });
    response.writeHead(forwarded.status, { 'content-type': contentType }).end(await forwarded.text());
  };
  // A connection that breaks, as when the gateway ends, breaks on the other side too.
  const server = createServer((request, response) => {
    answerOne(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    inFrontOf: (url: string) => {
      target = url;
      return `http://127.0.0.1:${port}/ocpp`;
    },
  };
}

function envelope(namespace: string, body: string): string {
  const namespaces = `xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:csms="${namespace}"`;
  return `<env:Envelope ${namespaces}><env:Body>${body}</env:Body></env:Envelope>`;
}

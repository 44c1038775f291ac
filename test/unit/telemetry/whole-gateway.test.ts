import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { askGateway } from '../../../src/cli/gateway-client.ts';
import type { Payload } from '../../../src/gateway/ports.ts';
import { createLog } from '../../../src/operator/log.ts';
import { socketPathIn } from '../../../src/operator/socket-file.ts';
import type { MessageFull, MessagePage, MessageStory } from '../../../src/telemetry/ports.ts';
import { type Edge, startTestEdge } from '../../support/edge.ts';
import { type ScriptedCsms, startScriptedCsms } from '../../support/scripted-csms.ts';
import { SoapCharger } from '../../support/soap-charger.ts';

const now = '2026-03-01T12:00:00Z';
const answers: Readonly<Record<string, Payload>> = {
  Authorize: { idTagInfo: { status: 'Accepted', parentIdTag: 'CANARY-parent' } },
  BootNotification: { status: 'Accepted', currentTime: now, interval: 3600 },
  DataTransfer: { status: 'Accepted', data: '{"token":"CANARY-answer"}' },
  Heartbeat: { currentTime: now },
  StartTransaction: { transactionId: 7, idTagInfo: { status: 'Accepted' } },
};

let csms: ScriptedCsms;
let edge: Edge;
let charger: SoapCharger;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  csms = await startCsms();
  edge = await startTestEdge({
    csmsUrl: csms.url,
    config: { chargerDefaults: { transfers: 'direct' } },
  });
  charger = new SoapCharger({ identity: 'CP-1', endpoint: edge.soapUrl, prefix: 'soap' });
  ends.push(
    () => edge.remove(),
    () => charger.stop(),
  );
  charger.react = reaction;
  await charger.start();
  await charger.say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
});

afterAll(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function startCsms(port?: number): Promise<ScriptedCsms> {
  const started = await startScriptedCsms({ answer: answerOf, ...(port === undefined ? {} : { port }) });
  ends.push(() => started.stop());
  return started;
}

function answerOf(frame: readonly unknown[]): string | undefined {
  return frame[0] === 2 ? JSON.stringify([3, frame[1], answers[String(frame[2])] ?? {}]) : undefined;
}

function reaction(action: string): Payload {
  if (action !== 'GetConfiguration') return { status: 'Accepted' };
  const entry = { key: 'AuthorizationKey', readonly: false, value: 'CANARY-configured' };
  return { configurationKey: [entry, { key: 'HeartbeatInterval', readonly: false, value: '300' }] };
}

async function ask(path: string): Promise<unknown> {
  return (await askGateway(socketPathIn(join(edge.folder, 'data')), 'GET', path)).body;
}

/** A thread takes a while to begin on a busy machine. */
const patient = { timeout: 30_000, interval: 20 };
const eventually = <T>(find: () => Promise<T>): Promise<T> => vi.waitFor(find, patient);

const listed = async (query: string) => ((await ask(`/api/messages?${query}`)) as MessagePage).messages;

async function storyOf(query: string): Promise<MessageStory> {
  const [head] = await eventually(async () => {
    const heads = await listed(query);
    expect(heads).toHaveLength(1);
    return heads;
  });
  return (await ask(`/api/messages/${head?.id}`)) as MessageStory;
}

const wireOf = ({ side, direction, action }: MessageFull) => `${side} ${direction} ${action}`;

test('a MeterValues kept during an outage and its delivery afterwards are one story', async () => {
  const port = Number(new URL(csms.url).port);
  await csms.stop();
  const sampledValue = [{ value: '42' }];
  await charger.say('MeterValues', { connectorId: 1, meterValue: [{ timestamp: now, sampledValue }] });
  csms = await startCsms(port);
  await vi.waitFor(() => expect(csms.frames.some((frame) => frame.includes('MeterValues'))).toBe(true), patient);
  const { message, related } = await storyOf('action=MeterValues&side=soap');
  expect(wireOf(message)).toBe('soap in MeterValues');
  expect(message).toMatchObject({ charger: 'CP-1', outcome: 'answered', request: expect.stringContaining('<') });
  await eventually(async () => expect(await listed('action=MeterValues&side=json')).toHaveLength(1));
  const told = (await ask(`/api/messages/${message.id}`)) as MessageStory;
  expect(told.related.map(wireOf)).toEqual(['json out MeterValues']);
  expect(told.related[0]).toMatchObject({ seq: message.seq, request: expect.stringContaining('"value":"42"') });
  expect(related.length).toBeLessThanOrEqual(1);
});

test('an Authorize that the CSMS answers belongs to the CALL that lies within it, both ways', async () => {
  await charger.say('Authorize', { idTag: 'TAG-1' });
  const up = await storyOf('action=Authorize&side=soap');
  expect(up.related.map(wireOf)).toEqual(['json out Authorize']);
  const back = await storyOf('action=Authorize&side=json');
  expect(back.related.map(wireOf)).toEqual(['soap in Authorize']);
});

test('a command of the CSMS belongs to the call to the charger that it caused', async () => {
  csms.connections.get('CP-1')?.send(JSON.stringify([2, 'c1', 'Reset', { type: 'Soft' }]));
  const { message, related } = await storyOf('action=Reset&side=json');
  expect(wireOf(message)).toBe('json in Reset');
  expect(related.map(wireOf)).toEqual(['soap out Reset']);
  expect(related[0]?.answer).toContain('Accepted');
});

describe('C6 75', () => {
  test('no secret that goes through any field is in the message log, the log or the metrics', async () => {
    await charger.say('Authorize', { idTag: 'CANARY-tag' });
    const start = { connectorId: 1, idTag: 'CANARY-start', timestamp: now, meterStart: 0 };
    await charger.say('StartTransaction', start);
    await charger.say('DataTransfer', {
      vendorId: 'v',
      data: '{"idTag":"CANARY-data","x":"<password>CANARY-x</password>"}',
    });
    const commands: readonly (readonly [string, Payload])[] = [
      ['ChangeConfiguration', { key: 'AuthorizationKey', value: 'CANARY-changed' }],
      ['ChangeConfiguration', { key: 'WifiPassword', value: 'CANARY-wifi' }],
      ['GetConfiguration', {}],
      ['GetDiagnostics', { location: 'ftp://user:CANARY-ftp@10.0.0.5/' }],
      ['RemoteStartTransaction', { idTag: 'CANARY-remote', connectorId: 1 }],
      [
        'ReserveNow',
        { connectorId: 1, expiryDate: now, idTag: 'CANARY-res', parentIdTag: 'CANARY-par', reservationId: 1 },
      ],
      [
        'SendLocalList',
        {
          listVersion: 2,
          updateType: 'Full',
          localAuthorizationList: [
            { idTag: 'CANARY-list', idTagInfo: { status: 'Accepted', parentIdTag: 'CANARY-lp' } },
          ],
        },
      ],
      ['Nonsense', { token: 'CANARY-nonsense' }],
    ];
    for (const [nth, [action, payload]] of commands.entries()) {
      csms.connections.get('CP-1')?.send(JSON.stringify([2, `c${nth}`, action, payload]));
    }
    csms.connections.get('CP-1')?.send('[2,"broken","Authorize",{"idTag":"CANARY-broken"');
    await fetch(edge.soapUrl, { method: 'POST', body: '<Envelope><idTag>CANARY-xml</idTag>' });
    await eventually(async () =>
      expect(await listed('side=json&limit=100&outcome=FormationViolation')).toHaveLength(1),
    );
    await eventually(async () => expect(await listed('action=SendLocalList')).toHaveLength(2));
    const kept = JSON.stringify(await texts());
    const metrics = await (await fetch(`${edge.operatorUrl}/metrics`)).text();
    const files = telemetryFiles();
    // What was hidden was there.
    expect(kept.split('[hidden]').length).toBeGreaterThan(20);
    expect(files.length).toBeGreaterThan(20_000);
    for (const place of [kept, metrics, files, writtenLog()]) expect(secretsIn(place)).toEqual([]);
  });
});

const secretsIn = (text: string) => text.match(/CANARY-?\w*/g) ?? [];

/** As it goes to stdout, at level debug. */
function writtenLog(): string {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  for (const { level, event, fields, cause } of edge.logged) {
    if (level === 'debug' || level === 'info' || level === 'warn') log[level](event, fields);
    else log.error(event, fields, cause);
  }
  expect(lines.length).toBeGreaterThan(5);
  return lines.join('');
}

async function texts(): Promise<readonly MessageFull[]> {
  const heads = await listed('limit=1000');
  const stories = await Promise.all(heads.map(({ id }) => ask(`/api/messages/${id}`)));
  return stories.map((story) => (story as MessageStory).message);
}

function telemetryFiles(): string {
  const folder = join(edge.folder, 'data');
  const names = readdirSync(folder).filter((name) => name.startsWith('telemetry.db'));
  return names.map((name) => readFileSync(join(folder, name)).toString('latin1')).join('');
}

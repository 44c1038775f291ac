import { beforeEach, describe, expect, test } from 'vitest';
import type { CsmsLinks } from '../../../src/gateway/ports.ts';
import { backOffMs } from '../../../src/ocpp-j/back-off.ts';
import { type CsmsLinkOptions, createCsmsLinks, csmsLinkDefaults } from '../../../src/ocpp-j/client.ts';
import { atRest, VirtualClock } from '../../support/virtual-clock.ts';
import { FakeSocket } from './fake-socket.ts';
import { Recorder, settingsFor } from './surroundings.ts';

const settings = settingsFor('ws://csms/ocpp', 'CP1');
let clock: VirtualClock;
let recorder: Recorder;
let sockets: FakeSocket[];
let links: CsmsLinks;

function start(options: Partial<CsmsLinkOptions> = {}): void {
  clock = new VirtualClock();
  recorder = new Recorder();
  sockets = [];
  links = createCsmsLinks({
    door: recorder,
    clock,
    log: recorder.log,
    meters: recorder.meters,
    messages: recorder.messages,
    options: { ...csmsLinkDefaults, ...options },
    chance: () => 0.5,
    connect: (wanted, events) => {
      const socket = new FakeSocket(wanted, events);
      sockets.push(socket);
      return socket;
    },
  });
}

function latest(): FakeSocket {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error('no connection was tried');
  return socket;
}

const connections = (): number => sockets.filter(({ over }) => !over).length;

beforeEach(() => start());

describe('back-off', () => {
  test('doubles from the shortest to the longest wait, half of it left to chance', () => {
    const limits = { minMs: 1_000, maxMs: 300_000 };
    const waits = (chance: number): number[] =>
      Array.from({ length: 11 }, (_, nth) => backOffMs(nth + 1, limits, chance) / 1_000);
    expect(waits(0)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 150, 150, 150]);
    expect(waits(1)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    expect(backOffMs(10_000, limits, 1)).toBe(300_000);
  });

  test('grows while attempts fail, for ever', async () => {
    start({ sweepIntervalMs: 3_600_000 });
    links.open('CP1', settings);
    for (const waitMs of [1_500, 3_000, 6_000, 12_000]) {
      latest().end('connection refused');
      const tried = sockets.length;
      await clock.advance(waitMs - 1);
      expect(sockets).toHaveLength(tried);
      await clock.advance(1);
      expect(sockets).toHaveLength(tried + 1);
    }
    expect(links.state('CP1')).toEqual({ kind: 'connecting', attempts: 4, lastError: 'connection refused' });
    await clock.advance(3 * 86_400_000);
    expect(sockets.length).toBeGreaterThan(3 * 288);
    expect(connections()).toBeLessThanOrEqual(1);
  });

  test('starts anew after an answered call, not after a mere opening', async () => {
    links.open('CP1', settings);
    latest().end('HTTP 503');
    await clock.advance(1_500);
    latest().events.opened();
    latest().end('the connection broke');
    await clock.advance(2_999);
    expect(sockets).toHaveLength(2);
    await clock.advance(1);
    latest().events.opened();
    const delivery = links.deliver(
      'CP1',
      'StatusNotification',
      { connectorId: 1, errorCode: 'NoError', status: 'Available' },
      9_000,
    );
    latest().answer({});
    await expect(delivery).resolves.toEqual({ kind: 'answered', payload: {} });
    latest().end('the connection broke');
    await clock.advance(1_500);
    expect(sockets).toHaveLength(4);
  });

  test('starts anew after a minute of being open', async () => {
    links.open('CP1', settings);
    for (let failures = 0; failures < 3; failures += 1) {
      latest().end('HTTP 503');
      await clock.advance(10_000);
    }
    latest().events.opened();
    await clock.advance(60_000);
    latest().end('the connection broke');
    await clock.advance(1_500);
    expect(sockets).toHaveLength(5);
  });

  test('of a CSMS that comes and goes every few seconds: never two sockets, every opening and closing told', async () => {
    links.open('CP1', settings);
    for (let flap = 0; flap < 100; flap += 1) {
      latest().events.opened();
      await clock.advance(1_000 + (flap % 9) * 1_000);
      latest().end('the connection broke');
      expect(connections()).toBe(0);
      while (connections() === 0) await clock.advance(1_000);
      expect(connections()).toBe(1);
    }
    expect(recorder.opened).toHaveLength(100);
    expect(recorder.closed).toHaveLength(100);
    expect(recorder.count('reconnect')).toBe(100);
  });
});

describe('opening', () => {
  test('is not done twice for the same settings', () => {
    links.open('CP1', settings);
    links.open('CP1', { ...settings });
    expect(sockets).toHaveLength(1);
    latest().events.opened();
    links.open('CP1', { ...settings, pingIntervalS: 30 });
    expect(sockets).toHaveLength(1);
    expect(recorder.opened).toEqual(['CP1']);
    expect(links.state('CP1')).toEqual({ kind: 'open', sinceMs: clock.now() });
  });

  test('with other settings ends the old connection with 1000 first, and only then makes the new one', () => {
    links.open('CP1', settings);
    latest().events.opened();
    links.open('CP1', { ...settings, password: Buffer.from('new') });
    expect(latest().closedWith).toBe(1000);
    expect(sockets).toHaveLength(1);
    expect(links.state('CP1')).toEqual({ kind: 'connecting', attempts: 0 });
    latest().end('closed');
    expect(sockets).toHaveLength(2);
    expect(latest().settings.password).toEqual(Buffer.from('new'));
    expect([recorder.opened, recorder.closed]).toEqual([['CP1'], ['CP1']]);
  });

  test('with other settings waits for the answer to the command that runs, and for nothing behind it', async () => {
    links.open('CP1', settings);
    latest().events.opened();
    recorder.reply = () => {
      links.open('CP1', { ...settings, password: Buffer.from('new') });
      return { kind: 'answered', payload: { status: 'Accepted' } };
    };
    latest().events.text('[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"00"}]');
    latest().events.text('[2,"2","ClearCache",{}]');
    expect(latest().closedWith).toBeUndefined();
    await atRest();
    expect(latest().sent).toEqual(['[3,"1",{"status":"Accepted"}]']);
    expect(latest().closedWith).toBe(1000);
    latest().end('closed');
    expect(latest().settings.password).toEqual(Buffer.from('new'));
  });

  test('with other settings while a command runs on a link that is then lost: the new ones are used', async () => {
    links.open('CP1', settings);
    latest().events.opened();
    recorder.reply = () => {
      links.open('CP1', { ...settings, password: Buffer.from('new') });
      return new Promise(() => undefined);
    };
    latest().events.text('[2,"1","ClearCache",{}]');
    await atRest();
    latest().end('the connection broke');
    await clock.advance(10_000);
    expect(sockets).toHaveLength(2);
    expect(latest().settings.password).toEqual(Buffer.from('new'));
  });

  test('after the shutdown is not done any more', async () => {
    await links.shutdown();
    links.open('CP1', settings);
    expect(links.state('CP1')).toEqual({ kind: 'closed' });
    expect(sockets).toEqual([]);
  });

  test('with other settings does not wait for a back-off or a handshake of the old ones', () => {
    links.open('CP1', settings);
    links.open('CP1', { ...settings, url: 'ws://csms/b' });
    expect(sockets.map(({ over }) => over)).toEqual([true, false]);
    latest().end('HTTP 404');
    links.open('CP1', { ...settings, url: 'ws://csms/c' });
    expect(sockets.map(({ over }) => over)).toEqual([true, true, false]);
  });

  test('a fleet connects a few at a time, in order', async () => {
    start({ maxConnecting: 3 });
    for (let nth = 0; nth < 10; nth += 1) links.open(`CP${nth}`, settingsFor('ws://csms', `CP${nth}`));
    expect(sockets).toHaveLength(3);
    sockets[0]?.events.opened();
    expect(sockets.map(({ settings }) => settings.csmsIdentity)).toEqual(['CP0', 'CP1', 'CP2', 'CP3']);
    sockets[1]?.end('HTTP 404');
    links.close('CP2');
    links.close('CP6');
    expect(sockets.map(({ settings }) => settings.csmsIdentity)).toEqual(['CP0', 'CP1', 'CP2', 'CP3', 'CP4', 'CP5']);
    for (const socket of sockets.slice(3)) socket.events.opened();
    expect(sockets.map(({ settings }) => settings.csmsIdentity).slice(6)).toEqual(['CP7', 'CP8', 'CP9']);
  });

  test('a handshake that does not end is given up, and its slot with it', async () => {
    start({ maxConnecting: 1, handshakeDeadlineMs: 15_000 });
    links.open('CP1', settings);
    links.open('CP2', settingsFor('ws://csms', 'CP2'));
    await clock.advance(15_000);
    expect(links.state('CP1')).toMatchObject({
      attempts: 1,
      lastError: 'the CSMS did not finish the handshake within 15 s',
    });
    expect(latest().settings.csmsIdentity).toBe('CP2');
  });

  test('with an identity or a URL that cannot be used is told in the state, for thousands at once too', () => {
    const recorder = new Recorder();
    const real = createCsmsLinks({
      door: recorder,
      clock,
      log: recorder.log,
      meters: recorder.meters,
      messages: recorder.messages,
      options: { ...csmsLinkDefaults, maxConnecting: 1 },
    });
    for (let nth = 0; nth < 5_000; nth += 1) real.open(`CP${nth}`, settingsFor('mailto:x', `CP${nth}`));
    expect(real.state('CP4999')).toMatchObject({
      lastError: 'the URL of the CSMS starts with mailto: instead of ws: or wss:',
    });
    real.open('dots', settingsFor('ws://127.0.0.1:1', '..'));
    expect(real.state('dots')).toMatchObject({ lastError: 'the identity ".." cannot stand in a URL' });
  });
});

describe('delivering', () => {
  const heartbeat = () => links.deliver('CP1', 'Heartbeat', {}, 30_000);

  test('without a connection is unreachable at once, and says why', async () => {
    await expect(heartbeat()).resolves.toMatchObject({ kind: 'unreachable', sent: false });
    links.open('CP1', settings);
    await expect(heartbeat()).resolves.toEqual({ kind: 'unreachable', reason: 'not connected yet', sent: false });
    latest().end('HTTP 404');
    await expect(heartbeat()).resolves.toEqual({ kind: 'unreachable', reason: 'not connected: HTTP 404', sent: false });
  });

  test('may be seen by the CSMS when the connection breaks after sending', async () => {
    links.open('CP1', settings);
    latest().events.opened();
    const delivery = heartbeat();
    latest().end('the connection broke');
    await expect(delivery).resolves.toEqual({ kind: 'unreachable', reason: 'the connection broke', sent: true });
  });

  test('three timeouts in a row on a live socket replace it (a CSMS that accepts and never answers)', async () => {
    links.open('CP1', settings);
    latest().events.opened();
    for (let nth = 0; nth < 3; nth += 1) {
      expect(sockets).toHaveLength(1);
      const delivery = heartbeat();
      await clock.advance(30_000);
      await expect(delivery).resolves.toMatchObject({ kind: 'unreachable', sent: true });
    }
    expect(latest().cutFor).toBe('the CSMS left 3 calls in a row unanswered');
    expect(recorder.closed).toEqual(['CP1']);
    await clock.advance(1_500);
    expect(sockets).toHaveLength(2);
  });
});

describe('pings (WebSocketPingInterval)', () => {
  beforeEach(() => {
    links.open('CP1', { ...settings, pingIntervalS: 30 });
    latest().events.opened();
  });

  test('are sent when nothing was heard for the interval; an unanswered one ends the connection', async () => {
    await clock.advance(30_000);
    expect(latest().pings).toBe(1);
    latest().events.sign();
    await clock.advance(15_000);
    latest().events.text('');
    await clock.advance(29_000);
    expect(latest().pings).toBe(1);
    await clock.advance(1_000);
    expect(latest().pings).toBe(2);
    await clock.advance(10_000);
    expect(latest().cutFor).toBe('the CSMS does not answer pings');
    expect(links.state('CP1')).toMatchObject({ kind: 'connecting', lastError: 'the CSMS does not answer pings' });
  });

  test('stop with interval 0', async () => {
    links.open('CP1', { ...settings, pingIntervalS: 0 });
    await clock.advance(3_600_000);
    expect(latest().pings).toBe(0);
  });

  test('cost one timer for all chargers', async () => {
    for (let nth = 2; nth < 50; nth += 1) {
      links.open(`CP${nth}`, settingsFor('ws://csms', `CP${nth}`, { pingIntervalS: 30 }));
      latest().events.opened();
    }
    expect(clock.pending()).toBe(1);
    await clock.advance(30_000);
    expect(sockets.every(({ pings }) => pings === 1)).toBe(true);
  });
});

describe('closing', () => {
  test('ends with 1000, tells the gateway once, and does not come back', async () => {
    links.open('CP1', settings);
    latest().events.opened();
    links.close('CP1');
    expect(latest().closedWith).toBe(1000);
    expect(links.state('CP1')).toEqual({ kind: 'closed' });
    latest().end('closed');
    await clock.advance(600_000);
    expect(sockets).toHaveLength(1);
    expect(recorder.closed).toEqual(['CP1']);
    expect(clock.pending()).toBe(0);
  });

  test('a station that speaks again while its old connection is closing gets a new one when that is gone', () => {
    links.open('CP1', settings);
    latest().events.opened();
    links.close('CP1');
    links.open('CP1', settings);
    expect(sockets).toHaveLength(1);
    latest().end('closed');
    expect(sockets).toHaveLength(2);
    latest().events.opened();
    expect(recorder.opened).toHaveLength(2);
  });

  test.each(['waiting', 'connecting'])('while %s leaves nothing behind', async (phase) => {
    links.open('CP1', settings);
    if (phase === 'waiting') latest().end('HTTP 503');
    links.close('CP1');
    expect(links.state('CP1')).toEqual({ kind: 'closed' });
    expect([connections(), clock.pending()]).toEqual([0, 0]);
    expect([recorder.opened, recorder.closed]).toEqual([[], []]);
  });

  test('shutdown ends all links and waits until they are gone', async () => {
    start();
    for (const station of ['A', 'B', 'C']) links.open(station, settingsFor('ws://csms', station));
    sockets[0]?.events.opened();
    sockets[1]?.end('HTTP 404');
    let done = false;
    const stopped = links.shutdown().then(() => {
      done = true;
    });
    await clock.advance(0);
    expect([done, sockets[0]?.closedWith]).toEqual([false, 1001]);
    sockets[0]?.end('closed');
    await stopped;
    expect([connections(), clock.pending()]).toEqual([0, 0]);
  });
});

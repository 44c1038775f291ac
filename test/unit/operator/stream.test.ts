import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import type { TopicSources } from '../../../src/operator/topics.ts';
import type { ChargerRow } from '../../../src/operator/views/chargers.ts';
import type { MessageHead } from '../../../src/operator/views/messages.ts';
import type { ReloadView } from '../../../src/operator/views/config.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { ask, open, openStage, type Where } from './operator-stage.ts';

let endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.toReversed()) await end();
  endings = [];
});

async function start(topics: TopicSources) {
  const clock = new VirtualClock();
  const stage = await openStage({ clock, topics });
  endings.push(stage.close);
  return { ...stage, clock };
}

type Event = { readonly event: string; readonly data: unknown };

/** A listener that reads all that comes. */
class Listener {
  text = '';
  ended = false;
  readonly #response: IncomingMessage;
  #heard: () => void = () => undefined;

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      this.text += part;
      this.#heard();
    });
    const end = () => {
      this.ended = true;
      this.#heard();
    };
    response.on('end', end);
    response.on('error', end);
  }

  get response(): IncomingMessage {
    return this.#response;
  }

  get events(): readonly Event[] {
    return this.text.split('\n\n').flatMap((block) => {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      return event === undefined || data === undefined ? [] : [{ event, data: JSON.parse(data) as unknown }];
    });
  }

  /** Resolves as soon as it holds; what never holds ends with the test's deadline. */
  async until(holds: (listener: this) => boolean): Promise<void> {
    while (!holds(this)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}

async function listen(where: Where, topics: string): Promise<Listener> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = open(where, `/api/stream?topics=${topics}`, {}, resolve);
    call.on('error', reject);
    endings.push(() => call.destroy());
  });
  return new Listener(response);
}

const reload = (changed: readonly string[]): ReloadView => ({
  kind: 'applied',
  changed,
  restartNeeded: [],
  mistakes: [],
});

const head = (id: number): MessageHead => ({
  id,
  atMs: id,
  charger: 'CP-1',
  side: 'soap',
  direction: 'in',
  action: 'Heartbeat',
  outcome: 'answered',
  bytes: 10,
});

const chargerRow = (identity: string, waiting = 0): ChargerRow => ({
  identity,
  csmsIdentity: identity,
  standing: 'accepted',
  wire: 'ocpp1.6-soap',
  alive: true,
  lastSeenMs: 0,
  link: 'open',
  conflict: false,
  waiting,
  dead: 0,
  openTransactions: 0,
  connectors: [],
});

describe('what a listener gets', () => {
  test('a stream of events that nothing keeps, beginning with what there is', async () => {
    const { tcp } = await start({ config: async () => reload(['log.level']) });
    const listener = await listen(tcp, 'config');
    expect(listener.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await listener.until(({ events }) => events.length === 1);
    expect(listener.events).toEqual([{ event: 'config', data: reload(['log.level']) }]);
  });

  test('two listeners get the same bytes, of one look', async () => {
    let looks = 0;
    const config = async () => reload([`look ${(looks += 1)}`]);
    const { tcp, socket, clock } = await start({ config });
    const one = await listen(tcp, 'config');
    await one.until(({ events }) => events.length === 1);
    const other = await listen(socket, 'config,sites');
    await other.until(({ events }) => events.length === 2);
    expect(looks).toBe(1);
    await clock.advance(1_000);
    await clock.advance(1_000);
    await Promise.all([
      one.until(({ events }) => events.length === 3),
      other.until(({ events }) => events.length === 4),
    ]);
    expect(looks).toBe(3);
    const ofConfig = ({ events }: Listener) => events.filter(({ event }) => event === 'config');
    expect(ofConfig(other)).toEqual(ofConfig(one));
  });

  test('a topic that did not change is not told again; a comment keeps the line alive', async () => {
    const { tcp, clock } = await start({ config: async () => reload([]) });
    const listener = await listen(tcp, 'config');
    await listener.until(({ events }) => events.length === 1);
    await clock.advance(15_000);
    await listener.until(({ text }) => text.includes(': alive\n\n'));
    expect(listener.events).toHaveLength(1);
  });

  test('chargers: all rows first, then those that changed, and who is gone', async () => {
    let rows = [chargerRow('CP-1'), chargerRow('CP-2')];
    const { tcp, clock } = await start({ chargers: async () => rows });
    const one = await listen(tcp, 'chargers');
    await one.until(({ events }) => events.length === 1);
    rows = [chargerRow('CP-1'), chargerRow('CP-2', 3), chargerRow('CP-3')];
    await clock.advance(500);
    await one.until(({ events }) => events.length === 2);
    rows = [chargerRow('CP-2', 3)];
    await clock.advance(500);
    await one.until(({ events }) => events.length === 3);
    expect(one.events.map(({ data }) => data)).toMatchObject([
      { rows: [{ identity: 'CP-1' }, { identity: 'CP-2', waiting: 0 }], gone: [] },
      { rows: [{ identity: 'CP-2', waiting: 3 }, { identity: 'CP-3' }], gone: [] },
      { rows: [], gone: ['CP-1', 'CP-3'] },
    ]);
    const late = await listen(tcp, 'chargers');
    await late.until(({ events }) => events.length === 1);
    expect(late.events).toEqual([{ event: 'chargers', data: { rows, gone: [] } }]);
  });

  test('messages: those that come from now on, each once', async () => {
    const log: MessageHead[] = [];
    const messages = async (afterId: number | undefined) => log.filter(({ id }) => id > (afterId ?? 0));
    const { tcp, clock } = await start({ messages });
    const listener = await listen(tcp, 'messages');
    await clock.advance(250);
    log.push(head(1), head(2));
    await clock.advance(250);
    log.push(head(3));
    await clock.advance(500);
    await listener.until(({ events }) => events.length === 2);
    expect(listener.events.map(({ data }) => data)).toEqual([{ heads: [head(1), head(2)] }, { heads: [head(3)] }]);
  });

  test('sites, as they are', async () => {
    const { tcp } = await start({});
    const listener = await listen(tcp, 'sites');
    await listener.until(({ events }) => events.length === 1);
    expect(listener.events).toEqual([{ event: 'sites', data: noSites.sites() }]);
  });

  test('a topic that nobody knows is 400; one that this gateway has no source of is silent', async () => {
    const { tcp } = await start({});
    const reply = await ask(tcp, '/api/stream?topics=sites,weather');
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('there is no topic \\"weather\\"');
    const listener = await listen(tcp, 'messages,sites');
    await listener.until(({ events }) => events.length === 1);
    expect(listener.events).toMatchObject([{ event: 'sites' }]);
  });

  test('HEAD is the head alone', async () => {
    const { tcp, clock } = await start({});
    expect(await ask(tcp, '/api/stream', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(clock.pending()).toBe(0);
  });
});

describe('what a listener costs', () => {
  test('nothing runs while nobody listens', async () => {
    let looks = 0;
    const { tcp, clock } = await start({
      config: async () => reload([`look ${(looks += 1)}`]),
      overview: () => Promise.reject(new Error('nobody asked for it')),
    });
    await clock.advance(60_000);
    expect({ looks, timers: clock.pending() }).toEqual({ looks: 0, timers: 0 });
    const listener = await listen(tcp, 'config');
    await listener.until(({ events }) => events.length === 1);
    listener.response.destroy();
    while (clock.pending() > 0) await clock.advance(100);
    const after = looks;
    await clock.advance(60_000);
    expect({ looks, timers: clock.pending() }).toEqual({ looks: after, timers: 0 });
    const again = await listen(tcp, 'config');
    await again.until(({ events }) => events.length === 1);
    expect(looks).toBe(after + 1);
  });

  test('a listener that does not read is ended, and the others go on', async () => {
    let looks = 0;
    const config = async () => reload([`${(looks += 1)}${'x'.repeat(2 * 1024 * 1024)}`]);
    const { tcp, clock, lines } = await start({ config });
    const slow = await listen(tcp, 'config');
    slow.response.pause();
    const good = await listen(tcp, 'config');
    for (let count = 2; lines.length === 0 && count < 40; count += 1) {
      await clock.advance(1_000);
      await good.until(() => good.text.includes(`"changed":["${looks}x`) && good.text.endsWith('\n\n'));
    }
    expect(lines).toMatchObject([{ level: 'info', event: 'stream ended: its listener reads too slowly' }]);
    slow.response.resume();
    await slow.until(({ ended }) => ended);
    expect(good.ended).toBe(false);
  });

  test('what cannot be read is logged once, and told when it can be again', async () => {
    let broken = true;
    const config = async () => {
      if (broken) throw new Error('disk I/O error');
      return reload([]);
    };
    const { tcp, clock, lines } = await start({ config });
    const listener = await listen(tcp, 'config');
    await clock.advance(5_000);
    expect(lines).toMatchObject([{ level: 'warn', event: 'topic unread', fields: { topic: 'config' } }]);
    broken = false;
    await clock.advance(1_000);
    await listener.until(({ events }) => events.length === 1);
  });

  test('64 streams at most; the next one is 503', async () => {
    const { tcp } = await start({});
    for (let count = 0; count < 64; count += 1) await listen(tcp, 'sites');
    expect(await ask(tcp, '/api/stream?topics=sites')).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect((await ask(tcp, '/healthz')).status).toBe(200);
  });

  test('the end of the gateway ends the stream', async () => {
    const { tcp, server, clock } = await start({ config: async () => reload([]) });
    const listener = await listen(tcp, 'config');
    await listener.until(({ events }) => events.length === 1);
    await server.close();
    await listener.until(({ ended }) => ended);
    expect(clock.pending()).toBe(0);
  });
});

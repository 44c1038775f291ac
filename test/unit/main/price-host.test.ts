import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { DEPOT, Stage } from './site-files-stage.ts';

const csv = (...prices: readonly number[]) =>
  ['from,perMwh', ...prices.map((price, hour) => `2026-03-01T0${hour}:00Z,${price}`)].join('\n');

/** A host of prices on loopback; `answer` can be changed while it runs. */
async function priceHost(first: RequestListener) {
  const host = { answer: first, requests: 0, url: '' };
  const server = createServer((request, response) => {
    host.requests += 1;
    host.answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(() => done()));
  });
  const address = server.address();
  if (typeof address === 'object') host.url = `http://127.0.0.1:${address?.port}/prices?key=s3cret`;
  return host;
}

const answers = (text: string, status = 200): RequestListener => {
  return (_request, response) => response.writeHead(status).end(text);
};

const siteOf = (url: string, cron = '15 13 * * *') =>
  `${DEPOT}tariff: { import: { kind: http, url: "${url}", cron: "${cron}", adderPerKwh: 0.1 } }\n`;

async function started(first: RequestListener, cron?: string) {
  const host = await priceHost(first);
  const stage = new Stage();
  stage.write('sites/depot.yaml', siteOf(host.url, cron));
  const clock = new VirtualClock('2026-03-01T12:00:00Z');
  const running = stage.start(clock);
  return { host, stage, clock, running };
}

/** The reasons why prices were not fetched so far. */
const failures = (stage: Stage) => stage.lines.filter(({ event }) => event === 'prices not fetched');

test('prices are fetched at the start, per kWh and with what is added', async () => {
  const { stage } = await started(answers(csv(250, -10)));
  await stage.until(() => stage.signals.length > 0);
  expect(stage.prices()).toEqual([expect.closeTo(0.35), expect.closeTo(0.09)]);
});

test('they are fetched anew when the cron expression says so, in UTC', async () => {
  const { host, stage, clock } = await started(answers(csv(100)), '15 13 * * *');
  await stage.until(() => stage.signals.length === 1);
  host.answer = answers(csv(200));
  await clock.advance(75 * 60_000 - 1);
  expect(host.requests).toBe(1);
  await clock.advance(1);
  await stage.until(() => stage.signals.length === 2);
  expect([host.requests, stage.prices()]).toEqual([2, [expect.closeTo(0.3)]]);
});

test('a machine that slept over the time fetches once when it wakes', async () => {
  const { host, stage, clock } = await started(answers(csv(100)), '*/10 * * * *');
  await stage.until(() => stage.signals.length === 1);
  host.answer = answers(csv(200));
  await clock.skip(45 * 60_000);
  await stage.until(() => stage.signals.length === 2);
  await clock.advance(60_000);
  expect(host.requests).toBe(2);
});

describe('what fails is tried again with growing waits, and the last good prices hold', () => {
  test.each<[string, RequestListener, string]>([
    ['an error of the host', answers('gone', 503), 'HTTP status 503'],
    ['an answer that is no price list', answers('<html>'), 'no sound price list'],
    [
      'more than 1 MiB',
      (_request, response) => response.writeHead(200).end(Buffer.alloc(1_100_000, 0x20)),
      'more than 1048576 bytes',
    ],
    ['a connection that breaks', (request) => request.socket.destroy(), 'UND_ERR_SOCKET'],
  ])('%s', async (_title, bad, reason) => {
    const { host, stage, clock } = await started(bad);
    await stage.until(() => failures(stage).length === 1);
    host.answer = answers(csv(100));
    await clock.advance(30_000);
    await stage.until(() => stage.signals.length === 1);
    expect(failures(stage).map((line) => [line['reason'], line['tries']])).toEqual([[reason, 1]]);
    expect(JSON.stringify(stage.lines)).not.toContain('s3cret');
  });

  test('an end: after seven tries the next time of the cron expression is waited for', async () => {
    const { host, stage, clock } = await started(answers('', 500), '0 23 * * *');
    for (let tries = 1; tries <= 7; tries += 1) {
      await stage.until(() => failures(stage).length === tries);
      await clock.skip(900_000);
    }
    expect([host.requests, failures(stage).at(-1)?.['waitMs']]).toEqual([7, undefined]);
    await clock.skip(10 * 3_600_000);
    await stage.until(() => failures(stage).length === 8);
    expect(host.requests).toBe(8);
  });

  test('after a restart the prices of before hold until the host answers', async () => {
    const { host, stage, clock, running } = await started(answers(csv(100)));
    await stage.until(() => stage.signals.length === 1);
    running.close();
    host.answer = answers('', 500);
    stage.start(clock);
    expect([stage.signals.length, stage.prices()]).toEqual([2, [0.2]]);
    await stage.until(() => failures(stage).length === 1);
  });
});

test('a site that is gone is fetched for no more', async () => {
  const { host, stage, clock, running } = await started(answers(csv(100)), '* * * * *');
  await stage.until(() => stage.signals.length === 1);
  stage.write('sites/depot.yaml', DEPOT);
  await clock.advance(2000);
  expect(stage.prices()).toEqual([]);
  await clock.advance(600_000);
  running.close();
  expect([host.requests, clock.pending()]).toEqual([1, 0]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { runPlan } from '../../../src/cli/plan.ts';

const scenario = {
  site: { tree: [{ id: 'main', maxCurrentA: 20 }], connectors: [{ chargePoint: 'a' }] },
  now: '2026-03-02T18:00:00Z',
  sessions: [{ chargePoint: 'a', departure: '2026-03-03T06:00:00Z', energyKwh: 10 }],
};

async function run(args: readonly string[], input = '') {
  const written = { out: '', err: '' };
  const exit = await runPlan(args, {
    stdin: Readable.from([input]),
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
    env: {},
    now: () => 0,
  });
  return { exit, ...written };
}

test('a scenario on stdin becomes one line of JSON; what was assumed is told on stderr', async () => {
  const { exit, out, err } = await run(['--json'], JSON.stringify(scenario));
  expect(exit).toBe(0);
  expect(out.split('\n').length).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    status: 'optimal',
    connectors: [{ chargePoint: 'a', unmetKwh: expect.closeTo(0, 1) }],
  });
  expect(err).toBe('no prices and no tariff: every slot counts as free, and cars charge as soon as they can\n');
});

test('a file is read as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify({ ...scenario, sessions: [] }));
  const { exit, out } = await run([file]);
  expect([exit, JSON.parse(out).connectors]).toEqual([0, []]);
});

test('every mistake has its line, without a stack, and exit code 1', async () => {
  const { exit, out, err } = await run(['-'], JSON.stringify({ site: { horizonHours: 99 }, prices: [{}] }));
  expect([exit, out]).toEqual([1, '']);
  expect(err.split('\n')).toEqual([
    'ocpp-edge plan: site.horizonHours: expected 1 to 48 hours, found 99',
    'ocpp-edge plan: prices[0].from is missing',
    'ocpp-edge plan: prices[0].perKwh is missing',
    '',
  ]);
});

test('what is no JSON is refused in one line, and options that nobody knows with the usage', async () => {
  expect(await run([], '{"prices":NaN}')).toMatchObject({
    exit: 1,
    out: '',
    err: expect.stringMatching(/^[^\n]*not JSON[^\n]*\n$/),
  });
  expect(await run(['--colour'])).toMatchObject({ exit: 2, err: expect.stringContaining('usage: ocpp-edge plan') });
  expect(await run(['a', 'b'])).toMatchObject({ exit: 2 });
});

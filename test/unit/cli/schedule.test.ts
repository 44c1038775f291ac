import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runSchedule } from '../../../src/cli/schedule.ts';

const vectors = fileURLToPath(new URL('../../vectors/composite/own-spec.json', import.meta.url));

const scenario = {
  id: 'one',
  setup: { numberOfConnectors: 2, voltage: 230, localLimit: { unit: 'A', limit: 32 } },
  steps: [
    { at: '2024-01-02T00:00:00Z', op: 'StartTransaction', connectorId: 1, transactionId: 7 },
    {
      at: '2024-01-02T00:00:00Z',
      op: 'SetChargingProfile',
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 5,
        stackLevel: 3,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: {
          duration: 600,
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [
            { startPeriod: 0, limit: 16, numberPhases: 3 },
            { startPeriod: 300, limit: 0, numberPhases: 3 },
          ],
        },
      },
    },
    { at: '2024-01-02T00:00:10Z', op: 'ClearChargingProfile', request: { id: 9 } },
    { at: '2024-01-02T00:00:20Z', op: 'StopTransaction', connectorId: 2 },
  ],
  query: { at: '2024-01-02T00:00:30Z', connectorId: 1, duration: 900, chargingRateUnit: 'A' },
};

async function schedule(args: readonly string[], input = '') {
  let out = '';
  let err = '';
  const exit = await runSchedule(args, {
    stdin: Readable.from([Buffer.from(input)]),
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: {},
    now: Date.now,
  });
  return { exit, out, err };
}

const said = (input: unknown, args: readonly string[] = []) => schedule(args, JSON.stringify(input));

test('a scenario on stdin: one line of JSON, an entry for each step', async () => {
  const { exit, out, err } = await said(scenario);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  expect(out.split('\n')).toHaveLength(2);
  expect(JSON.parse(out)).toEqual([
    {
      id: 'one',
      steps: [null, 'Accepted', 'Unknown', null],
      answer: {
        status: 'Accepted',
        connectorId: 1,
        scheduleStart: '2024-01-02T00:00:30Z',
        chargingSchedule: {
          duration: 900,
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [
            { startPeriod: 0, limit: 16, numberPhases: 3 },
            { startPeriod: 270, limit: 0, numberPhases: 3 },
            { startPeriod: 570, limit: 32 },
          ],
        },
      },
    },
  ]);
});

test('an array in a file, `-` for stdin', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocpp-edge-schedule-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'scenarios.json');
  const text = JSON.stringify([scenario, { ...scenario, id: 'two', steps: [], query: null }]);
  writeFileSync(file, `\uFEFF${text}`);
  const fromFile = await schedule([file]);
  expect(JSON.parse(fromFile.out)).toMatchObject([{ id: 'one' }, { id: 'two', steps: [], answer: null }]);
  expect(await schedule(['-'], text)).toEqual(fromFile);
  expect(await said([])).toMatchObject({ exit: 0, out: '[]\n' });
});

test('what is wrong inside a message is the answer to that message', async () => {
  const steps = [
    { at: '2024-01-02T00:00:00Z', op: 'SetChargingProfile', connectorId: 1 },
    { at: '2024-01-02T00:00:00Z', op: 'ClearChargingProfile', request: { id: 'all' } },
  ];
  const { out } = await said({
    ...scenario,
    steps,
    query: { at: '2024-01-02T00:00:00Z', connectorId: 1, duration: 1.5 },
  });
  expect(JSON.parse(out)).toEqual([
    {
      id: 'one',
      steps: ['CALLERROR:OccurenceConstraintViolation', 'CALLERROR:TypeConstraintViolation'],
      answer: { callError: 'TypeConstraintViolation' },
    },
  ]);
});

describe('input that is no scenario: exit 1, one line that names the scenario and the field', () => {
  const { setup } = scenario;
  const step = { at: '2024-01-02T00:00:00Z', op: 'StopTransaction', connectorId: 1 };
  test.each([
    ['no object', 7, 'scenario: payload: expected an object, found 7'],
    ['no id', {}, 'scenario: id is missing'],
    ['no setup', [scenario, { id: 'x' }], 'scenario 2 (x): setup is missing'],
    [
      'a voltage in words',
      { ...scenario, setup: { ...setup, voltage: '230' } },
      'scenario (one): setup.voltage: expected a number, found "230"',
    ],
    [
      'no connectors',
      { ...scenario, setup: { ...setup, numberOfConnectors: 0 } },
      'scenario (one): setup.numberOfConnectors: expected 1 to 1000 connectors, found 0',
    ],
    [
      'no local limit',
      { ...scenario, setup: { ...setup, localLimit: undefined } },
      'scenario (one): setup.localLimit is missing',
    ],
    [
      'a local schedule that does not ascend',
      {
        ...scenario,
        setup: {
          ...setup,
          localSchedule: {
            chargingRateUnit: 'A',
            startSchedule: '2024-01-02T00:00:00Z',
            chargingSchedulePeriod: [{ startPeriod: 5, limit: 6 }],
          },
        },
      },
      'scenario (one): setup.localSchedule.chargingSchedulePeriod: expected periods that begin at 0 and ascend, found a list',
    ],
    [
      'a step that nobody knows',
      { ...scenario, steps: [step, { ...step, op: 'Reboot' }] },
      'scenario (one): steps[1].op: expected one of SetChargingProfile, ClearChargingProfile, StartTransaction, StopTransaction, found "Reboot"',
    ],
    [
      'a transaction on a connector that is not there',
      { ...scenario, steps: [{ ...step, connectorId: 3 }] },
      'scenario (one): steps[0].connectorId: expected connector 1 to 2, found 3',
    ],
    ['a query without time', { ...scenario, query: { connectorId: 1 } }, 'scenario (one): query.at is missing'],
    ['an id with line breaks', { id: 'a\nb' }, 'scenario (a b): setup is missing'],
  ])('%s', async (_, input, line) => {
    expect(await said(input)).toEqual({ exit: 1, out: '', err: `ocpp-edge schedule: ${line}\n` });
  });

  test('no JSON', async () => {
    const { exit, out, err } = await schedule([], '{"id":\n');
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toMatch(/^ocpp-edge schedule: not JSON: [^\n]+\n$/);
  });

  test('no such file', async () => {
    const { exit, err } = await schedule(['/nowhere/at/all.json']);
    expect(exit).toBe(1);
    expect(err).toMatch(/^ENOENT[^\n]+\n$/);
  });
});

test('options that are not understood: exit 2', async () => {
  expect(await schedule(['--picture'])).toMatchObject({ exit: 2, out: '' });
  expect(await schedule(['a.json', 'b.json'])).toMatchObject({ exit: 2, out: '' });
});

describe('--chart', () => {
  test('shows the stack, which of its layers prevails, the composite and its periods', async () => {
    const base = {
      at: '2024-01-02T00:00:05Z',
      op: 'SetChargingProfile',
      connectorId: 0,
      csChargingProfiles: {
        chargingProfileId: 6,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] },
      },
    };
    const query = { ...scenario.query, at: '2024-01-02T00:00:00Z', duration: 720 };
    const { exit, out } = await said({ ...scenario, steps: [...scenario.steps, base], query }, ['--chart']);
    expect(exit).toBe(0);
    expect(out.split('\n')).toEqual([
      'one',
      '  2024-01-02T00:00:00Z  StartTransaction',
      '  2024-01-02T00:00:00Z  SetChargingProfile Accepted',
      '  2024-01-02T00:00:10Z  ClearChargingProfile Unknown',
      '  2024-01-02T00:00:20Z  StopTransaction',
      '  2024-01-02T00:00:05Z  SetChargingProfile Accepted',
      '  connector 1 from 2024-01-02T00:00:00Z for 720 s, in A',
      '',
      `  TxProfile 5 on 1, level 3         ${'▅'.repeat(30)}${'0'.repeat(30)}${'·'.repeat(12)}`,
      `  TxDefaultProfile 6 on 0, level 0  ${'░'.repeat(60)}${'▃'.repeat(12)}`,
      `  local limit                       ${'█'.repeat(72)}`,
      '',
      `                                16 ┤${'█'.repeat(30)}${' '.repeat(42)}`,
      `                                   ┤${'█'.repeat(30)}${' '.repeat(42)}`,
      `                                   ┤${'█'.repeat(30)}${' '.repeat(42)}`,
      `                                   ┤${'█'.repeat(30)}${' '.repeat(30)}${'█'.repeat(12)}`,
      `                                   ┤${'█'.repeat(30)}${' '.repeat(30)}${'█'.repeat(12)}`,
      `                                 0 ┤${'█'.repeat(30)}${' '.repeat(30)}${'█'.repeat(12)}`,
      `                                    01-02 00:00${' '.repeat(50)}01-02 00:12`,
      '  █ prevails   ░ overruled   · not active   0 no charging',
      '',
      '  2024-01-02T00:00:00Z          +0 s         16 A  3 phases',
      '  2024-01-02T00:05:00Z        +300 s          0 A  3 phases',
      '  2024-01-02T00:10:00Z        +600 s          8 A',
      '',
      '',
    ]);
  });

  test('every scenario of the vectors has a picture, also those without an answer', async () => {
    const { exit, out } = await schedule(['--chart', vectors]);
    expect(exit).toBe(0);
    const all: readonly { readonly id: string }[] = JSON.parse(readFileSync(vectors, 'utf8'));
    for (const { id } of all) expect(out).toContain(`${id}\n`);
    expect(out).toContain('CALLERROR PropertyConstraintViolation');
    expect(out).toContain('no query');
    expect(out).toContain('the station from ');
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
  });
});

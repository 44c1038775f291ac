import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { type CollectedCharger, collectDiagnostics } from '../../../../src/transfers/jobs/collection.ts';
import type { TransferView, TransferWish } from '../../../../src/transfers/jobs/ports.ts';
import { answered } from '../../../support/gateway-harness.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { openTransferStage, type TransferStage, uploadAsCharger } from '../../../support/transfer-stage.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

/** A desk on which jobs end when the test says so. */
class Desk {
  readonly clock = new VirtualClock('2026-03-02T03:30:00Z');
  readonly dueMs = this.clock.now();
  readonly jobs: TransferView[] = [];
  readonly logged: Record<string, unknown>[] = [];
  readonly stop = new AbortController();
  chargers: readonly CollectedCharger[] = [];

  add(station: string, more: Partial<TransferView> = {}): TransferView {
    const job: TransferView = {
      id: this.jobs.length + 1,
      station,
      kind: 'diagnostics',
      state: 'asked',
      open: true,
      askedBy: 'operator',
      createdAtMs: this.clock.now(),
      changedAtMs: this.clock.now(),
      location: undefined,
      name: undefined,
      file: undefined,
      sentBytes: undefined,
      told: undefined,
      reason: undefined,
      ...more,
    };
    this.jobs.push(job);
    return job;
  }

  end(station: string, state = 'kept'): void {
    const index = this.jobs.findLastIndex((job) => job.station === station);
    const job = this.jobs[index];
    if (job !== undefined) this.jobs[index] = { ...job, open: false, state };
  }

  open(): readonly string[] {
    return this.jobs.filter(({ open }) => open).map(({ station }) => station);
  }

  collect(stations: readonly string[] = ['*'], maxConcurrent = 2): Promise<void> {
    const note = (event: string, fields = {}) => void this.logged.push({ event, ...fields });
    const parts = {
      settings: { stations, maxConcurrent },
      chargers: async () => this.chargers,
      clock: this.clock,
      log: { ...quietLog(), info: note, warn: note },
      desk: {
        transfers: async ({ station }: { readonly station?: string }) =>
          this.jobs.filter((job) => job.station === station).toReversed(),
        transfer: async (id: number) => {
          const transfer = this.jobs.find((job) => job.id === id);
          return transfer && { transfer, lines: [] };
        },
        askDiagnostics: async (station: string): Promise<TransferWish> => {
          if (this.open().includes(station)) return { kind: 'refused', reason: 'transfer 1 of it is open' };
          return { kind: 'done', transfer: this.add(station) };
        },
      },
    };
    return collectDiagnostics(parts, this.dueMs, this.stop.signal);
  }
}

const here = (...identities: readonly string[]) => identities.map((identity) => ({ identity, away: undefined }));

test('no more chargers at a time than asked for; the next when one is done', async () => {
  const desk = new Desk();
  desk.chargers = here('A', 'B', 'C', 'D');
  const collected = desk.collect();
  await desk.clock.advance(5_000);
  expect(desk.open()).toEqual(['A', 'B']);
  desk.end('B');
  await desk.clock.advance(5_000);
  expect(desk.open()).toEqual(['A', 'C']);
  for (const station of ['A', 'C']) desk.end(station);
  await desk.clock.advance(5_000);
  desk.end('D', 'uploadFailed');
  await desk.clock.advance(5_000);
  await collected;
  expect(desk.jobs.map(({ station }) => station)).toEqual(['A', 'B', 'C', 'D']);
  expect(desk.logged.at(-1)).toEqual({ event: 'diagnostics collected', kept: 3, failed: 1, late: 0, skipped: 0 });
});

test('only those whose identity fits', async () => {
  const desk = new Desk();
  desk.chargers = here('North-1', 'SOUTH-1', 'North-2', 'N.rth-3');
  const collected = desk.collect(['n.r*', 'north-2'], 9);
  await desk.clock.advance(0);
  for (const station of desk.open()) desk.end(station);
  await desk.clock.advance(5_000);
  await collected;
  expect(desk.jobs.map(({ station }) => station)).toEqual(['North-2', 'N.rth-3']);
});

test('who is away, has a job open, or was asked since, is passed over, and the log says why', async () => {
  const desk = new Desk();
  const before = { createdAtMs: desk.dueMs - 1 };
  desk.chargers = [{ identity: 'Away', away: 'it has not spoken of late' }, ...here('Busy', 'Done', 'Yesterday')];
  desk.add('Busy', before);
  desk.add('Done', { open: false, state: 'kept' });
  desk.add('Yesterday', { ...before, open: false, state: 'kept' });
  const collected = desk.collect();
  await desk.clock.advance(0);
  desk.end('Yesterday');
  await desk.clock.advance(15 * 60_000 + 5_000);
  await collected;
  expect(desk.logged).toHaveLength(4);
  expect(desk.logged).toEqual(
    expect.arrayContaining([
      { event: 'diagnostics not asked for', station: 'Away', reason: 'it has not spoken of late' },
      { event: 'diagnostics not asked for', station: 'Busy', reason: 'transfer 1 of it is open' },
      { event: 'diagnostics not asked for', station: 'Done', reason: 'it was asked since this was due' },
      { event: 'diagnostics collected', kept: 1, failed: 0, late: 0, skipped: 3 },
    ]),
  );
});

test('who is away has a quarter of an hour to come back: a gateway that was down has lost sight of all', async () => {
  const desk = new Desk();
  const away = 'it has not spoken of late';
  desk.chargers = ['A', 'B', 'C'].map((identity) => ({ identity, away }));
  const collected = desk.collect();
  await desk.clock.advance(15 * 60_000 - 1);
  expect([desk.jobs, desk.logged]).toEqual([[], []]);
  desk.chargers = [...here('A', 'B', 'New'), { identity: 'C', away }];
  await desk.clock.advance(5_000);
  expect(desk.open()).toEqual(['A', 'B']);
  for (const station of desk.open()) desk.end(station);
  await desk.clock.advance(5_000);
  await collected;
  expect(desk.jobs.map(({ station }) => station)).toEqual(['A', 'B']);
  expect(desk.logged).toEqual([
    { event: 'diagnostics not asked for', station: 'C', reason: away },
    { event: 'diagnostics collected', kept: 2, failed: 0, late: 0, skipped: 1 },
  ]);
});

test('a charger that brings nothing holds up the others for a quarter of an hour at most', async () => {
  const desk = new Desk();
  desk.chargers = here('A', 'B');
  const collected = desk.collect(['*'], 1);
  await desk.clock.advance(15 * 60_000 - 1);
  expect(desk.open()).toEqual(['A']);
  await desk.clock.advance(5_000);
  expect(desk.open()).toEqual(['A', 'B']);
  desk.end('B');
  await desk.clock.advance(5_000);
  await collected;
  expect(desk.logged.at(-1)).toMatchObject({ kept: 1, late: 1 });
});

test('a stop ends it soon, with no charger more', async () => {
  const desk = new Desk();
  desk.chargers = here('A', 'B', 'C');
  const collected = desk.collect(['*'], 1);
  await desk.clock.advance(5_000);
  desk.stop.abort();
  await desk.clock.advance(5_000);
  await collected;
  expect([desk.jobs.length, desk.logged]).toEqual([1, []]);
});

test('a stop while chargers are waited for ends it as soon', async () => {
  const desk = new Desk();
  desk.chargers = [{ identity: 'A', away: 'it has not spoken of late' }];
  const collected = desk.collect();
  await desk.clock.advance(5_000);
  desk.stop.abort();
  desk.chargers = here('A');
  await desk.clock.advance(5_000);
  await collected;
  expect([desk.jobs, desk.logged]).toEqual([[], []]);
});

const stages: TransferStage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.end();
});

test('on the desk of the gateway: the file is kept for the operator, and the CSMS hears nothing', async () => {
  const stage = await openTransferStage();
  stages.push(stage);
  stage.harness.chargers.answer = () => answered({ fileName: 'log.zip' });
  const parts = {
    settings: { stations: ['cp*'], maxConcurrent: 2 },
    chargers: async () => here('CP1'),
    desk: stage.desk(),
    clock: stage.harness.clock,
    log: quietLog(),
  };
  const collected = collectDiagnostics(parts, stage.harness.clock.now(), new AbortController().signal);
  await stage.until(() => stage.asked('GetDiagnostics').length === 1);
  const bytes = randomBytes(10_000);
  await uploadAsCharger(stage.asked('GetDiagnostics')[0]?.['location'], 'log.zip', bytes);
  await stage.says('diagnostics', 'Uploaded');
  await stage.until(async () => !(await stage.job()).open);
  await stage.harness.clock.advance(5_000);
  await collected;
  const job = await stage.job();
  expect(job).toMatchObject({ state: 'kept', askedBy: 'operator' });
  expect(readFileSync((await stage.desk().fileOf(job.id)) ?? '')).toEqual(bytes);
  expect(stage.heard('diagnostics')).toEqual([]);
});

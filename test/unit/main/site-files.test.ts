import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { DEPOT, Stage } from './site-files-stage.ts';

/** Longest until a saved file is known, with time to plan left in two seconds. */
const knownWithinMs = 1500;

function started(files: Readonly<Record<string, string>> = { 'sites/depot.yaml': DEPOT }) {
  const stage = new Stage();
  for (const [name, text] of Object.entries(files)) stage.write(name, text);
  const clock = new VirtualClock();
  const running = stage.start(clock);
  return { stage, clock, running };
}

/** Two looks after an event, and less than the time between two without one. */
const soonMs = 350;

/** Tells when something is to run sooner than all that was to run before. */
class HintedClock extends VirtualClock {
  readonly #nearestMs: number[] = [];
  #hint = (): void => undefined;
  readonly hinted = new Promise<void>((resolve) => {
    this.#hint = resolve;
  });

  override after(ms: number, run: () => void): () => void {
    if (ms > 0 && this.#nearestMs.some((other) => ms < other)) this.#hint();
    this.#nearestMs.push(ms);
    return super.after(ms, run);
  }
}

const target = (energyKwh: number) => `${DEPOT}defaults: { session: { energyKwh: ${energyKwh} } }\n`;

describe('site files', () => {
  test('are handed over at the start', () => {
    expect(started().stage.ids()).toEqual(['depot']);
  });

  test('a saved target is known in time to plan within 2 s', async () => {
    const { stage, clock } = started();
    stage.write('sites/depot.yaml', target(44));
    await clock.advance(knownWithinMs);
    expect(stage.configured.map(([site]) => site?.sessionDefaults.energyKwh)).toEqual([20, 44]);
    expect(stage.lines.filter(({ event }) => event === 'sites configured').map(({ changed }) => changed)).toEqual([
      ['depot'],
      ['depot'],
    ]);
  });

  test('the system tells of a saved file, and the look is sooner than without', async () => {
    const stage = new Stage();
    const file = stage.write('sites/depot.yaml', DEPOT);
    const clock = new HintedClock();
    stage.start(clock);
    await clock.advance(0);
    writeFileSync(file, target(44));
    await clock.hinted;
    await clock.advance(soonMs);
    expect(stage.configured.map(([site]) => site?.sessionDefaults.energyKwh)).toEqual([20, 44]);
  });

  test('what changes no setting is not handed over', async () => {
    const { stage, clock } = started();
    stage.write('sites/depot.yaml', `# a comment\n${DEPOT}`);
    await clock.advance(5000);
    expect(stage.configured).toHaveLength(1);
  });

  test('editors that write aside and rename are followed', async () => {
    const { stage, clock } = started();
    renameSync(stage.write('sites/.depot.yaml.swp', target(30)), join(stage.folder, 'sites/depot.yaml'));
    await clock.advance(knownWithinMs);
    renameSync(stage.write('sites/4913', target(31)), join(stage.folder, 'sites/depot.yaml'));
    await clock.advance(knownWithinMs);
    expect(stage.configured.map(([site]) => site?.sessionDefaults.energyKwh)).toEqual([20, 30, 31]);
  });

  test('a file that is written piece by piece is read when it is whole', async () => {
    const { stage, clock } = started();
    const whole = target(55);
    for (let length = 0; length < whole.length; length += 20) {
      stage.write('sites/depot.yaml', whole.slice(0, length));
      await clock.advance(100);
    }
    stage.write('sites/depot.yaml', whole);
    await clock.advance(knownWithinMs);
    expect(stage.configured.map(([site]) => site?.sessionDefaults.energyKwh)).toEqual([20, 55]);
    expect(stage.complaints()).toEqual([]);
  });

  test('while a file has mistakes, all sites keep what they had; each mistake is logged once, no idTag with it', async () => {
    const { stage, clock } = started();
    stage.write('sites/depot.yaml', `${DEPOT}learnStays: perhaps\ndrivers: { SECRETTAG: { stayHours: x } }\n`);
    stage.write('sites/other.yaml', DEPOT.replace('depot', 'other').replace('CP-1', 'CP-2'));
    await clock.advance(5000);
    stage.write('sites/more.txt', 'touches the folder');
    await clock.advance(5000);
    expect(stage.configured).toHaveLength(1);
    expect(stage.complaints()).toEqual([
      'site file refused: sites/depot.yaml:4:13 learnStays: must be true or false, not "perhaps"',
      'site file refused: sites/depot.yaml:5:36 drivers["…"].stayHours: must be a number of hours, not "x"',
    ]);
    stage.write('sites/depot.yaml', target(33));
    await clock.advance(knownWithinMs);
    expect(stage.ids()).toEqual(['depot', 'other']);
  });

  test('a site whose file is deleted is gone; one whose file comes is there', async () => {
    const { stage, clock } = started();
    stage.write('sites/other.yaml', DEPOT.replace('depot', 'other').replace('CP-1', 'CP-2'));
    await clock.advance(knownWithinMs);
    rmSync(join(stage.folder, 'sites/depot.yaml'));
    await clock.advance(knownWithinMs);
    expect(stage.configured.map((sites) => sites.map(({ site }) => site.id))).toEqual([
      ['depot'],
      ['depot', 'other'],
      ['other'],
    ]);
  });

  test('a folder that is taken away changes nothing; what stands in its place counts', async () => {
    const { stage, clock } = started();
    renameSync(join(stage.folder, 'sites'), join(stage.folder, 'old'));
    await clock.advance(5000);
    expect([stage.configured.length, stage.complaints()]).toEqual([
      1,
      ['site file refused: sites:1:1 the folder of sites does not exist'],
    ]);
    mkdirSync(join(stage.folder, 'sites'));
    stage.write('sites/depot.yaml', target(12));
    await clock.advance(knownWithinMs);
    expect(stage.configured.map(([site]) => site?.sessionDefaults.energyKwh)).toEqual([20, 12]);
  });

  test('nothing is read once it is closed', async () => {
    const { stage, clock, running } = started();
    running.close();
    stage.write('sites/depot.yaml', target(44));
    await clock.advance(10_000);
    expect([stage.configured.length, clock.pending()]).toEqual([1, 0]);
  });
});

describe('price files', () => {
  const withFile = `${DEPOT}tariff: { import: { kind: file, file: ../prices.csv, adderPerKwh: 0.5 } }\n`;
  const csv = (...prices: readonly number[]) =>
    ['from,perKwh', ...prices.map((price, hour) => `2026-03-01T0${hour}:00Z,${price}`)].join('\n');

  test('reach the site, which is known by then', () => {
    const { stage } = started({ 'sites/depot.yaml': withFile, 'prices.csv': csv(0.25, -0.25) });
    expect(stage.steps()).toEqual([
      { fromS: Date.parse('2026-03-01T00:00Z') / 1000, perKwh: 0.75 },
      { fromS: Date.parse('2026-03-01T01:00Z') / 1000, perKwh: 0.25 },
    ]);
  });

  test('a new list counts within 2 s, and no site is configured for it', async () => {
    const { stage, clock } = started({ 'sites/depot.yaml': withFile, 'prices.csv': csv(0.5) });
    stage.write('prices.csv', csv(1, 2));
    await clock.advance(knownWithinMs);
    expect(stage.prices()).toEqual([1.5, 2.5]);
    expect([stage.configured.length, stage.signals.length]).toEqual([1, 2]);
  });

  test('a wrong list, or none, leaves the last good one; also over a restart', async () => {
    const { stage, clock, running } = started({ 'sites/depot.yaml': withFile, 'prices.csv': csv(0.5) });
    stage.write('prices.csv', csv(0.25, Number.NaN));
    await clock.advance(knownWithinMs);
    rmSync(join(stage.folder, 'prices.csv'));
    await clock.advance(knownWithinMs);
    expect(stage.signals).toHaveLength(1);
    running.close();
    stage.start(clock);
    expect(stage.signals.map(({ signal }) => signal.kind === 'prices' && signal.steps)).toEqual([
      [{ fromS: Date.parse('2026-03-01T00:00Z') / 1000, perKwh: 1 }],
      [{ fromS: Date.parse('2026-03-01T00:00Z') / 1000, perKwh: 1 }],
    ]);
    expect(stage.complaints()).toEqual([
      'prices refused: prices.csv:3:19 must be a price such as 0.25, not "NaN"',
      'prices refused: sites/depot.yaml:4:39 tariff.import.file: prices.csv does not exist',
      'prices refused: sites/depot.yaml:4:39 tariff.import.file: prices.csv does not exist',
    ]);
  });

  test('a site that gets its prices from its own file again is told so, also when that changed while nobody ran', async () => {
    const { stage, clock, running } = started({ 'sites/depot.yaml': withFile, 'prices.csv': csv(0.5) });
    running.close();
    stage.write('sites/depot.yaml', DEPOT);
    const next = stage.start(clock);
    expect(stage.prices()).toEqual([]);
    next.close();
    stage.start(clock);
    expect(stage.signals).toHaveLength(2);
    stage.write('sites/depot.yaml', withFile);
    await clock.advance(knownWithinMs);
    expect(stage.prices()).toEqual([1]);
    stage.write('sites/depot.yaml', DEPOT);
    await clock.advance(knownWithinMs);
    expect(stage.prices()).toEqual([]);
  });

  test('prices that are dearer than energy that is lacking, and prices of the past, are warned of', () => {
    const { stage } = started({ 'sites/depot.yaml': withFile, 'prices.csv': csv(7).replace('2026-03', '2025-03') });
    expect(stage.lines.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', event: 'prices above unmetPerKwh', site: 'depot', dearestPerKwh: 7.5, unmetPerKwh: 3 },
      { level: 'warn', event: 'prices ended', site: 'depot', lastFrom: '2025-03-01T00:00:00Z' },
    ]);
  });

  test('a data folder that cannot be written costs only the memory of prices', () => {
    const stage = new Stage();
    stage.write('sites/depot.yaml', withFile);
    stage.write('prices.csv', csv(0.5));
    writeFileSync(join(stage.folder, 'data'), 'no folder');
    stage.start();
    expect([stage.prices(), stage.complaints()]).toEqual([
      [1],
      ['prices not kept: the data folder lies in something that is not a folder'],
    ]);
  });
});

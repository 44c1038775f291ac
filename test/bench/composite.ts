import { deepStrictEqual } from 'node:assert/strict';
import { answerComposite, type Composite, compositeOf, limitAt, nextChange } from '../../optimizer/composite.ts';
import type { ProfileStore } from '../../optimizer/profile-store.ts';
import { emptyStore, setProfile, startTransaction } from '../../optimizer/profiles.ts';
import { stacksOf } from '../../optimizer/stacks.ts';
import { scanComposite } from './composite-scan.ts';
import { shownSpread, shownTime, type Timing, time, timeInTurns } from './composite-timing.ts';
import { oneConnector, typicalMessages, type Workload, workload } from './composite-workload.ts';

/**
 * `npm run bench:composite`: the sweep against a scan of all segments at every border, its growth with the number of
 * segments, and a typical answer against JSON. Prints Markdown; asserts that all ways agree, never a time.
 */
const unbounded = { maxDurationS: Number.POSITIVE_INFINITY, maxPeriods: 10_000_000, maxBorders: 100_000_000 };

const sizes = [workload(16, 64, 1), workload(16, 96, 7), workload(16, 96, 28), workload(16, 96, 228)] as const;

type Row = readonly string[];

function sweep({ station, store, query }: Workload): Composite {
  return compositeOf(stacksOf(station, store), query, unbounded);
}

function table(title: string, head: Row, rows: readonly Row[]): void {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  const lines = [`### ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

const shownCount = (count: number) => count.toLocaleString('en');
const ratio = (a: Timing, b: Timing) => a.medianMs / b.medianMs;

function measureGrowth(): void {
  const measured = sizes.map((size) => ({
    size,
    timing: time(() => sweep(size), 31, size.segments > 100_000 ? 3 : 100),
  }));
  table(
    'Composite by sweep: 16 daily profiles on one connector, prepared and swept',
    ['segments', 'periods in the answer', 'median', 'spread', 'per segment'],
    measured.map(({ size, timing }) => [
      shownCount(size.segments),
      shownCount(sweep(size).periods.length),
      shownTime(timing.medianMs),
      shownSpread(timing),
      shownTime(timing.medianMs / size.segments),
    ]),
  );
}

/** The scans, which must give the same answer. */
function measureScan(size: Workload, earlyExit: boolean): Timing {
  deepStrictEqual(scanComposite(size, earlyExit), sweep(size).periods);
  return time(() => scanComposite(size, earlyExit), 3, 0);
}

function measureTypical(): Row[] {
  const { startS, profiles, question } = typicalMessages();
  const charging = startTransaction(oneConnector, emptyStore, { connectorId: 1, transactionId: 7, startedAtS: startS });
  const install = () =>
    profiles.reduce<ProfileStore>((store, request) => {
      const outcome = setProfile(oneConnector, store, request, startS);
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      return outcome.store;
    }, charging);
  const store = install();
  const answer = () => answerComposite(oneConnector, store, question, startS);
  const texts = [...profiles, question, answer()].map((message) => JSON.stringify(message));
  const json = () => texts.map((text) => JSON.stringify(JSON.parse(text)));
  const count = 500;
  const work = () => answerComposite(oneConnector, install(), question, startS);
  const [answered, plain] = timeInTurns({ work: answer, count }, { work: json, count }, 31);
  const [installed, again] = timeInTurns({ work, count }, { work: json, count }, 31);
  return [
    typicalRow('24 h composite of 3 profiles : JSON of the same messages', '≤ 3', answered, plain),
    typicalRow('the same with validating and installing the 3 profiles', '–', installed, again),
  ];
}

function typicalRow(name: string, goal: string, timing: Timing, json: Timing): Row {
  const spread = `${shownSpread(timing)} : ${shownSpread(json)}`;
  const medians = `${shownTime(timing.medianMs)} : ${shownTime(json.medianMs)}`;
  return [name, goal, `**${ratio(timing, json).toFixed(2)}** (${medians})`, spread];
}

function measureMoment({ station, store, query }: Workload): Row {
  const stacks = stacksOf(station, store);
  const moments = Array.from({ length: 100 }, (_, index) => query.startS + index * 8641);
  const ask = () => moments.map((atS) => [limitAt(stacks, 1, atS, 'A'), nextChange(stacks, 1, atS)]);
  const timing = time(ask, 31);
  const each = {
    medianMs: timing.medianMs / 100,
    fastestMs: timing.fastestMs / 100,
    slowestMs: timing.slowestMs / 100,
  };
  return ['limit now and next change, 16 profiles × 96 periods', '–', shownTime(each.medianMs), shownSpread(each)];
}

measureGrowth();
const [, , month, most] = sizes;
const [monthTiming, mostTiming] = timeInTurns(
  { work: () => sweep(month), count: 8 },
  { work: () => sweep(most), count: 1 },
  31,
);
const naive = measureScan(month, false);
const sorted = measureScan(month, true);
const scanRow = (name: string, goal: string, scan: Timing): Row => [
  name,
  goal,
  `**${ratio(scan, monthTiming).toFixed(0)} ×** (${shownTime(scan.medianMs)} : ${shownTime(monthTiming.medianMs)})`,
  `${shownSpread(scan)} : ${shownSpread(monthTiming)}`,
];
table(
  'Goals',
  ['measure', 'goal', 'measured', 'spread'],
  [
    scanRow('43,008 segments: naive scan per border : sweep', '≥ 20 ×', naive),
    scanRow('43,008 segments: scan sorted by level, early exit : sweep', '–', sorted),
    [
      '350,208 segments : 43,008 segments',
      '≤ 10 ×',
      `**${ratio(mostTiming, monthTiming).toFixed(1)} ×**`,
      `${shownSpread(mostTiming)} : ${shownSpread(monthTiming)}`,
    ],
    ...measureTypical(),
    measureMoment(month),
  ],
);

import type { Machine } from './machine.ts';
import { plain, type Row } from './rows.ts';

export type Report = {
  readonly machine: Machine;
  readonly scale: string;
  /** Of the minute before the bench, and of its last minute. */
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly rows: readonly Row[];
  /** What was left out, and why. */
  readonly skipped: readonly string[];
};

/** The table as it stands in the README. */
export function markdownOf(report: Report): string {
  const goals = report.rows.filter(hasGoal);
  const others = report.rows.filter((row) => !hasGoal(row));
  return [
    machineLine(report),
    '',
    '| measure | first goal | final goal | measured | min … max | |',
    '|---|---|---|---|---|---|',
    ...goals.map(goalLine),
    '',
    '| for comparison | measured | min … max | |',
    '|---|---|---|---|',
    ...others.map(otherLine),
    '',
    ...notes,
    ...report.skipped.map((line) => `- Left out: ${line}`),
    '',
  ].join('\n');
}

function machineLine({ machine, scale, loadAverage }: Report): string {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.date}, \`${scale}\`, commit ${machine.commit}: ${machine.cores} × ${machine.cpu}, ${machine.fileSystem},`,
    `node ${machine.node}, ${packages.join(', ')}; load average ${plain(loadAverage.before)} before,`,
    `${plain(loadAverage.after)} after (the bench itself keeps about two cores busy).`,
  ].join(' ');
}

function hasGoal({ first, final }: Row): boolean {
  return first !== undefined || final !== undefined;
}

function goalLine(row: Row): string {
  const { measure, first, final, measured, unit, note } = row;
  const verdict = [verdictOf(row), note].filter((word) => word !== '').join(', ');
  const goals = `${first?.text ?? ''} | ${final?.text ?? ''}`;
  return `| ${measure} | ${goals} | ${plain(measured.median)} ${unit} | ${plain(measured.min)} … ${plain(measured.max)} | ${verdict} |`;
}

function verdictOf({ first, final }: Row): string {
  if (final === undefined || final.met) return first === undefined || first.met ? 'met' : '**missed**';
  return first?.met === true ? 'first met, **final missed**' : '**missed**';
}

function otherLine({ measure, measured, unit, note }: Row): string {
  return `| ${measure} | ${plain(measured.median)} ${unit} | ${plain(measured.min)} … ${plain(measured.max)} | ${note} |`;
}

const notes = [
  '- Every ratio is taken within a round, in which the relays run one after the other; shown is the median of the rounds.',
  '- The message log is off, but in the measure of the consoles; what it costs: `npm run bench:message-log`.',
  '- bare: the same node:http and ws, bodies forwarded unread. log off: the same build with a store in memory. soap.listen:',
  '  a relay on the soap package with the same ws, without store.',
  '- The gateway answers MeterValues when they are kept and delivers them afterwards. CPU counts until the CSMS has all;',
  '  throughput is what the CSMS got per second; p99 is what the charger waited for its answer.',
  '- First goal: that of the first release; final goal: where it must end. A loop delay counts what other work on the',
  '  machine takes away, a turn by its own CPU does not.',
  '- The gateway answers Heartbeats itself and passes one on per interval; the bare relay passes on each.',
];

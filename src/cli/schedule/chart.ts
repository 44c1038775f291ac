import type { ChargingRateUnit, ChargingSchedule } from '../../../optimizer/charging-profile.ts';
import { isoTime } from '../../../optimizer/time.ts';
import { type Layer, layersOf, type Sample, valueAt } from './layers.ts';
import type { Played } from './play.ts';
import type { Scenario } from './scenario.ts';

const columns = 72;
const resultRows = 6;
const longestList = 48;
const eighths = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A window drawn from left to right; each column shows its first second. */
type Canvas = {
  readonly startS: number;
  readonly durationS: number;
  readonly unit: ChargingRateUnit;
  readonly timesS: readonly number[];
};

/** A scenario for people: the layers of its stack over the asked window, the composite below them, and its periods. */
export function drawScenario(scenario: Scenario, { result, store }: Played): string {
  const { id, query } = scenario;
  const steps = scenario.steps.map(({ atS, kind }, index) => `  ${isoTime(atS)}  ${kind} ${result.steps[index] ?? ''}`);
  const head = [id, ...steps.map((step) => step.trimEnd())];
  const { answer } = result;
  if (query === undefined || answer === null) return page([...head, '  no query']);
  if ('callError' in answer) return page([...head, `  GetCompositeSchedule: CALLERROR ${answer.callError}`]);
  if (answer.status === 'Rejected') return page([...head, '  GetCompositeSchedule: Rejected']);
  const canvas = canvasOf(query.atS, answer.chargingSchedule);
  const layers = layersOf(scenario.station, store, { ...canvas, connectorId: answer.connectorId });
  return page([...head, ...drawing(canvas, layers, answer.connectorId, answer.chargingSchedule)]);
}

function page(lines: readonly string[]): string {
  return `${lines.join('\n')}\n\n`;
}

function canvasOf(startS: number, { duration = 0, chargingRateUnit: unit }: ChargingSchedule): Canvas {
  const width = Math.max(1, Math.min(columns, duration));
  const timesS = Array.from({ length: width }, (_, column) => startS + Math.floor((column * duration) / width));
  return { startS, durationS: duration, unit, timesS };
}

function drawing(canvas: Canvas, layers: readonly Layer[], connectorId: number, schedule: ChargingSchedule): string[] {
  const result = canvas.timesS.map((atS) => valueAt(schedule.chargingSchedulePeriod, atS - canvas.startS));
  const highest = Math.max(1, ...result, ...layers.flatMap(({ samples }) => samples.map(({ value }) => value)));
  const margin = Math.max(10, ...layers.map(({ name }) => name.length));
  const place = connectorId === 0 ? 'the station' : `connector ${connectorId}`;
  return [
    `  ${place} from ${isoTime(canvas.startS)} for ${canvas.durationS} s, in ${canvas.unit}`,
    '',
    ...layers.map(({ name, samples }) => `  ${name.padEnd(margin)}  ${samples.map((s) => mark(s, highest)).join('')}`),
    '',
    ...area(result, Math.max(1, ...result), margin),
    axis(canvas, margin),
    '  █ prevails   ░ overruled   · not active   0 no charging',
    '',
    ...list(schedule, canvas.startS),
  ];
}

function mark({ state, value }: Sample, highest: number): string {
  if (state === 'inactive') return '·';
  if (state === 'overruled') return '░';
  if (value === 0) return '0';
  return eighths[Math.min(7, Math.floor((value * 8) / highest))] ?? '█';
}

/** The composite as a filled curve, the highest value on the top line. */
function area(values: readonly number[], highest: number, margin: number): string[] {
  return Array.from({ length: resultRows }, (_, line) => {
    const below = resultRows - 1 - line;
    const bars = values.map((value) => bar((value / highest) * resultRows - below));
    const label = line === 0 ? String(highest) : below === 0 ? '0' : '';
    return `  ${label.padStart(margin)} ┤${bars.join('')}`;
  });
}

/** `height` of this line that is filled, 0 to 1. */
function bar(height: number): string {
  if (height <= 0) return ' ';
  return eighths[Math.min(7, Math.ceil(height * 8) - 1)] ?? '█';
}

function axis({ startS, durationS, timesS }: Canvas, margin: number): string {
  const begin = isoTime(startS).slice(5, 16).replace('T', ' ');
  const end = isoTime(startS + durationS)
    .slice(5, 16)
    .replace('T', ' ');
  const gap = Math.max(2, timesS.length - begin.length - end.length);
  return `  ${' '.repeat(margin)}  ${begin}${' '.repeat(gap)}${end}`;
}

function list({ chargingSchedulePeriod, chargingRateUnit }: ChargingSchedule, startS: number): string[] {
  const lines = chargingSchedulePeriod.slice(0, longestList).map(({ startPeriod, limit, numberPhases }) => {
    const phases = numberPhases === undefined ? '' : `  ${numberPhases} phase${numberPhases === 1 ? '' : 's'}`;
    return `  ${isoTime(startS + startPeriod)}  ${`+${startPeriod}`.padStart(10)} s  ${String(limit).padStart(9)} ${chargingRateUnit}${phases}`;
  });
  const more = chargingSchedulePeriod.length - lines.length;
  return more > 0 ? [...lines, `  and ${more} more periods`] : lines;
}

import type { PlannedConnector, PlannedNode, PlanResult } from '../../optimizer/plan-result.ts';

/** Rows of a node's picture. */
const height = 8;
const steps = '▁▂▃▄▅▆▇█';
const labelWidth = 14;

/**
 * A plan as a picture for people, at most `columns` wide: for the fullest phase of each node, load
 * against limit (█ load, ─ limit) over the price, then one line for each connector. A column of several slots shows the
 * highest load and the lowest limit among them.
 */
export function planChart(result: PlanResult, pricePerKwh: ArrayLike<number>, columns: number): string {
  const width = Math.max(1, Math.min(result.slots.length, columns - labelWidth - 1));
  const prices = Array.from(pricePerKwh);
  const lines = [
    heading(result),
    '',
    ...fullestPhases(result.nodes).flatMap((node) => nodePicture(node, width)),
    labelled('price', sparkline(squeezed(prices, width, mean), Math.min(...prices, 0), Math.max(...prices))),
    labelled(priceRange(prices), timeAxis(result.slots, width)),
    '',
    ...result.connectors.flatMap((connector) => connectorLines(connector, width)),
  ];
  // ids are foreign texts
  return `${lines.map((line) => line.replaceAll(/\p{Cc}/gu, '?').trimEnd()).join('\n')}\n`;
}

function heading({ status, engine, gap, cost, peakKw }: PlanResult): string {
  const proof = gap === null ? 'no bound' : `at most ${(gap * 100).toFixed(2)} % above the least possible`;
  const energy = `energy ${cost.energy.toFixed(2)} ${cost.currency}`;
  return `${status} (${engine}), ${proof}: ${energy}, peak ${peakKw.toFixed(1)} kW for ${cost.peak.toFixed(2)} ${cost.currency}`;
}

/** For each node the phase that comes nearest to its limit. */
function fullestPhases(nodes: readonly PlannedNode[]): readonly PlannedNode[] {
  const byId = new Map<string, PlannedNode>();
  for (const node of nodes) {
    const present = byId.get(node.id);
    if (present === undefined || fullness(node) > fullness(present)) byId.set(node.id, node);
  }
  return [...byId.values()];
}

function fullness({ usedA, limitA }: PlannedNode): number {
  return usedA.reduce((most, used, slot) => {
    const limit = limitA[slot] ?? 0;
    return limit > 0 ? Math.max(most, used / limit) : most;
  }, 0);
}

function nodePicture({ id, phase, usedA, limitA }: PlannedNode, width: number): readonly string[] {
  const used = squeezed(usedA, width, highest);
  const limits = squeezed(limitA, width, lowest);
  const top = Math.max(...used, ...limits, 1);
  const rows = Array.from({ length: height }, (_, row) => {
    const level = height - row;
    const cells = used.map((value, column) => cell(value, limits[column] ?? 0, level, top));
    return labelled(level === height ? `${top.toFixed(0)} A` : level === 1 ? '0 A' : '', cells.join(''));
  });
  return [`${id} ${phase}`, ...rows, ''];
}

function cell(usedA: number, limitA: number, level: number, topA: number): string {
  const eighths = Math.round((usedA / topA) * height * steps.length) - (level - 1) * steps.length;
  if (eighths > 0) return steps[Math.min(eighths, steps.length) - 1] ?? '█';
  return Math.max(1, Math.ceil((limitA / topA) * height - 1e-9)) === level ? '─' : ' ';
}

function connectorLines(
  { chargePoint, connector, currentA, energyKwh, unmetKwh, limitedBy }: PlannedConnector,
  width: number,
): readonly string[] {
  const line = sparkline(squeezed(currentA, width, highest), 0, Math.max(...currentA, 1));
  const short = unmetKwh >= 0.005 ? `, ${unmetKwh.toFixed(2)} kWh short` : '';
  const reasons = limitedBy.map(({ kind, id }) => (kind === 'price' ? 'price' : `${kind} ${id}`));
  const because = reasons.length === 0 ? '' : ` (${[...new Set(reasons)].join(', ')})`;
  return [
    labelled(`${chargePoint}/${connector}`, line),
    labelled('', `${energyKwh.toFixed(2)} kWh, at most ${Math.max(...currentA, 0)} A${short}${because}`),
  ];
}

function sparkline(values: readonly number[], bottom: number, top: number): string {
  const span = top - bottom;
  return values
    .map((value) => {
      const level = span <= 0 ? 0 : Math.round(((value - bottom) / span) * steps.length);
      return level <= 0 ? ' ' : (steps[level - 1] ?? '█');
    })
    .join('');
}

function priceRange(prices: readonly number[]): string {
  return `${Math.min(...prices).toFixed(2)}-${Math.max(...prices).toFixed(2)}`;
}

/** Hours in UTC where they fit. */
function timeAxis(slots: readonly string[], width: number): string {
  let axis = '';
  for (let column = 0; column < width; column += 1) {
    const slot = slots[Math.ceil((column * slots.length) / width)] ?? '';
    if (axis.length <= column && column % 12 === 0 && column + 5 <= width)
      axis = `${axis.padEnd(column)}${slot.slice(11, 16)}`;
  }
  return axis;
}

function squeezed(
  values: readonly number[],
  width: number,
  pick: (values: readonly number[]) => number,
): readonly number[] {
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width));
    return pick(values.slice(from, to));
  });
}

function highest(values: readonly number[]): number {
  return Math.max(...values);
}

function lowest(values: readonly number[]): number {
  return Math.min(...values);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function labelled(label: string, line: string): string {
  return `${label.slice(0, labelWidth).padEnd(labelWidth)} ${line}`;
}

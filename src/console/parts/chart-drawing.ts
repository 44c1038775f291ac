import uPlot from 'uplot';
import { clock, day, fine, moment } from '../format.ts';
import type { ChartProps, Series } from './chart.tsx';

/** The colour that a class has on this page, in this theme. */
function colourOf(place: HTMLElement, name: string): string {
  const probe = document.createElement('i');
  probe.className = name;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Draws a chart that follows the width of its place and the browser's theme; the function that it returns ends it. */
export function drawChart(place: HTMLElement, props: ChartProps): () => void {
  let plot = draw(place, props);
  const sized = new ResizeObserver(() => plot.setSize(sizeOf(place, props)));
  sized.observe(place);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const again = () => {
    plot.destroy();
    plot = draw(place, props);
  };
  dark.addEventListener('change', again);
  return () => {
    dark.removeEventListener('change', again);
    sized.disconnect();
    plot.destroy();
  };
}

const sizeOf = (place: HTMLElement, { heightPx = 240 }: ChartProps) => ({
  width: Math.max(200, place.clientWidth),
  height: heightPx,
});

function draw(place: HTMLElement, props: ChartProps): uPlot {
  const data: uPlot.AlignedData = [[...props.timesS], ...props.series.map(({ values }) => [...values])];
  const isRight = props.series.some(({ scale }) => scale === 'right');
  const quiet = colourOf(place, 'ink-quiet');
  const grid = { stroke: colourOf(place, 'ink-grid'), width: 1 };
  const axis = { stroke: quiet, grid, ticks: { show: false }, font: `12px ${getComputedStyle(place).fontFamily}` };
  return new uPlot(
    {
      ...sizeOf(place, props),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: true }, left: { range: fromZero }, right: { range: fromZero } },
      axes: [
        { ...axis, size: 28, values: (_, splits) => splits.map(timeMark), space: 64 },
        { ...axis, scale: 'left', size: 48, values: (_, splits) => splits.map(fine) },
        ...(isRight ? [rightAxis(axis, props)] : []),
      ],
      series: [{}, ...props.series.map((each) => seriesOf(place, each))],
      plugins: [nowLine(props.nowS, colourOf(place, 'ink-now')), reading(place, props)],
    },
    data,
    place,
  );
}

/** On the other side; the grid is that of the left one. */
function rightAxis(axis: uPlot.Axis, props: ChartProps): uPlot.Axis {
  return { ...axis, scale: 'right', side: rightSide, size: 52, grid: { show: false }, values: writer(props) };
}

// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- a const enum is not there for modules compiled one by one
const rightSide: uPlot.Axis.Side.Right = 1;

const writer =
  ({ series }: ChartProps) =>
  (_: uPlot, splits: readonly number[]) => {
    const write = series.find(({ scale }) => scale === 'right')?.write ?? fine;
    return splits.map(write);
  };

/** Midnight is written as a day. */
function timeMark(atS: number): string {
  const at = new Date(atS * 1_000);
  return at.getHours() === 0 && at.getMinutes() === 0 ? day(at.getTime()) : clock(at.getTime());
}

function fromZero(_: uPlot, least: number | null, most: number | null): [number, number] {
  const low = Math.min(0, least ?? 0);
  const high = Math.max(most ?? 1, low + 0.1);
  return [low * 1.1, high * 1.1];
}

function seriesOf(place: HTMLElement, { title, ink, isStep, isDashed, scale = 'left' }: Series): uPlot.Series {
  const steps = uPlot.paths.stepped?.({ align: 1 });
  const stroke = colourOf(place, `ink-${ink}`);
  return {
    label: title,
    scale,
    stroke,
    width: ink === 'limit' ? 2 : 1.5,
    points: { show: false },
    spanGaps: false,
    ...(isDashed ? { dash: [5, 4] } : {}),
    ...(isStep && steps !== undefined ? { paths: steps } : {}),
    ...(ink === 'price' ? { fill: colourOf(place, 'ink-price-fill'), width: 1 } : {}),
  };
}

function nowLine(nowS: number | undefined, colour: string): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        if (nowS === undefined) return;
        const { ctx, bbox } = plot;
        const x = Math.round(plot.valToPos(nowS, 'x', true));
        if (x < bbox.left || x > bbox.left + bbox.width) return;
        ctx.save();
        ctx.strokeStyle = colour;
        ctx.lineWidth = devicePixelRatio;
        ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.restore();
      },
    },
  };
}

/** What the lines say where the pointer is. */
function reading(place: HTMLElement, { timesS, series }: ChartProps): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'reading';
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: ({ cursor: { idx, left = 0 } }) => {
        const atS = idx === null || idx === undefined || left < 0 ? undefined : timesS[idx];
        box.hidden = atS === undefined;
        if (atS === undefined) return;
        const values = series.flatMap(({ title, values, write }) => {
          const value = values[idx ?? 0];
          return value === null || value === undefined ? [] : [`${title}  ${write(value)}`];
        });
        box.textContent = [moment(atS * 1_000), ...values].join('\n');
        box.style.left = left > place.clientWidth / 2 ? `${left - box.offsetWidth - 12}px` : `${left + 12}px`;
      },
    },
  };
}

import { useEffect, useRef } from 'preact/hooks';
import { language, theme } from '../preferences.ts';
import { drawChart } from './chart-drawing.ts';

/** One line of a chart. */
export type Series = {
  readonly title: string;
  /** One value for each time; null: unknown. */
  readonly values: readonly (number | null)[];
  readonly ink: 'load' | 'load2' | 'load3' | 'limit' | 'plan' | 'price';
  /** Values that hold until the next one. */
  readonly isStep?: boolean;
  readonly isDashed?: boolean;
  readonly scale?: 'left' | 'right';
  readonly write: (value: number) => string;
};

export type ChartProps = {
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string;
  /** Seconds since the epoch, ascending. */
  readonly timesS: readonly number[];
  readonly series: readonly Series[];
  readonly nowS?: number;
  readonly heightPx?: number;
};

/** Lines over time. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  // what is drawn on a canvas does not follow the page by itself
  const look = `${theme.value} ${language.value}`;
  useEffect(() => {
    if (place.current === null) return;
    return drawChart(place.current, props);
  }, [props.timesS, props.series, look]);
  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={props.label} style={{ minHeight: `${props.heightPx ?? 240}px` }} />
      <figcaption>
        {props.series.map(({ title, ink, isDashed }) => (
          <span key={title}>
            <i class={`ink-${ink}${isDashed ? ' dashed' : ''}`} aria-hidden="true" />
            {title}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

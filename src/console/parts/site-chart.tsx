import { useMemo } from 'preact/hooks';
import type { SiteHistory } from '../../operator/views/overview.ts';
import { fine, price } from '../format.ts';
import { now } from '../live.ts';
import type { SiteSheet } from '../shapes.ts';
import { siteLines } from '../site-lines.ts';
import { named, words } from '../words/words.ts';
import { Chart } from './chart.tsx';
import { Empty } from './notice.tsx';

/** Load, limit, plan and price of a day that was, and of the plan ahead. */
export function SiteChart({ site, history }: { readonly site: SiteSheet; readonly history: SiteHistory }) {
  const texts = words.value.chart;
  const nowS = Math.floor(now.peek() / 1_000);
  const lines = useMemo(() => siteLines(history.points, site, nowS, texts), [site, history, texts]);
  const last = history.points.at(-1);
  if (lines.timesS.length === 0) return <Empty>{texts.nothing}</Empty>;
  const label = texts.label(
    site.id,
    fine(Math.max(0, ...site.measuredA)),
    fine(Math.min(...(last?.limitA ?? [0]))),
    last?.pricePerKwh === undefined ? '–' : price(last.pricePerKwh),
  );
  return (
    <>
      <Chart label={label} timesS={lines.timesS} series={lines.series} nowS={nowS} />
      {site.plan !== undefined && (
        <p class="quiet">
          {texts.planned(
            named(words.value.plan.statuses, site.plan.status),
            named(words.value.plan.engines, site.plan.engine),
            fine(site.plan.peakKw),
          )}
        </p>
      )}
    </>
  );
}

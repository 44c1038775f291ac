import type { SiteHistory } from '../operator/views/overview.ts';
import { pathOf } from './api.ts';
import { now } from './live.ts';
import { useLoaded, useRenewed } from './load.ts';
import type { SiteSheet } from './shapes.ts';

const dayMs = 86_400_000;
const renewMs = 60_000;

/** A site as it is and what it did in the last day, read again each minute. */
export function useSite(id: string) {
  const path = `/api/sites/${encodeURIComponent(id)}`;
  const fromMs = Math.floor((now.peek() - dayMs) / renewMs) * renewMs;
  const sheet = useLoaded<SiteSheet>(path);
  const history = useLoaded<SiteHistory>(pathOf(`${path}/history`, { from: new Date(fromMs).toISOString() }));
  useRenewed(() => {
    sheet.again();
    history.again();
  }, renewMs);
  return { path, sheet, history };
}

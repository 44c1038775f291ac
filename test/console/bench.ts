import type { Browser, CDPSession, Page } from 'playwright-core';
import { ConsoleStage } from '../support/console/stage.ts';
import { chromiumPath, launch } from './browser.ts';

/**
 * `npm run bench:console`: the built console with 500 chargers and 1,000 connectors, in a browser
 * whose processor is slowed down 4 times. Prints Markdown; asserts nothing.
 */
const slowdown = 4;
const rounds = 9;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const range = (values: readonly number[]) =>
  `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} … ${Math.max(...values).toFixed(0)})`;

/** What somebody in front of it waits, and what of it is the main thread's own work. */
type Times = { readonly seenMs: number; readonly workedMs: number };

const shown = (found: readonly Times[]) =>
  `${range(found.map(({ seenMs }) => seenMs))} | ${range(found.map(({ workedMs }) => workedMs))}`;

/** What the main thread worked so far, ms: of its own processor time, so that others on the machine do not count. */
async function workedMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

async function slowPage(browser: Browser): Promise<{ readonly page: Page; readonly session: CDPSession }> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return { page, session };
}

/** As text: what runs this bench would put helpers of its own into a function. */
const markUseful = (selector: string) => `
  const look = () => {
    if (document.querySelector('${selector}') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => performance.mark('useful'));
  };
  requestAnimationFrame(look);`;

const markKeys = `
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === 'keydown') performance.mark('key ' + entry.duration);
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 });`;

/** From the beginning of the navigation to the frame in which the mark stands: tiles with numbers, rows of chargers. */
async function firstUsefulPaint(browser: Browser, url: string, mark: string): Promise<Times> {
  const { page, session } = await slowPage(browser);
  await page.addInitScript({ content: markUseful(mark) });
  await page.goto(url);
  const useful = await page.waitForFunction(() => performance.getEntriesByName('useful')[0]?.startTime);
  const found = { seenMs: Number(await useful.jsonValue()), workedMs: await workedMs(session) };
  await page.context().close();
  return found;
}

/**
 * A key in the search, until its effect is painted (Event Timing: from the key to the next paint, in steps of 8 ms; what
 * is faster than 16 ms is not told, and counts as 16).
 */
async function filterTimes(browser: Browser, stage: ConsoleStage, isLive: boolean): Promise<readonly Times[]> {
  const { page, session } = await slowPage(browser);
  await page.addInitScript({ content: markKeys });
  await page.goto(`${stage.url}/#/chargers`);
  await page.locator('tr[data-row]').first().waitFor();
  await page.getByLabel('Search').focus();
  const telling = isLive ? setInterval(() => stage.tell('chargers', changedRows(stage)), 500) : undefined;
  const found: Times[] = [];
  for (const key of ['d', 'e', 'p', 'o', 't', '-', '0', '7', 'Backspace', 'Backspace', '1', 'Backspace', '3']) {
    // oxlint-disable-next-line no-await-in-loop -- one key after the other, as a person does
    found.push(await keyTimes(page, session, key));
  }
  clearInterval(telling);
  await page.context().close();
  return found;
}

async function keyTimes(page: Page, session: CDPSession, key: string): Promise<Times> {
  const before = await workedMs(session);
  await page.evaluate(() => performance.clearMarks());
  await page.keyboard.press(key);
  await page.waitForTimeout(150);
  const seenMs = await page.evaluate(() =>
    Math.max(16, ...performance.getEntriesByType('mark').map(({ name }) => Number(name.slice(4)))),
  );
  return { seenMs, workedMs: (await workedMs(session)) - before };
}

const changedRows = ({ fleet }: ConsoleStage) => ({
  rows: fleet.rows.slice(0, 100).map((row) => ({ ...row, lastSeenMs: Date.now() })),
  gone: [],
});

async function times(length: number, measure: () => Promise<Times>): Promise<readonly Times[]> {
  const found: Times[] = [];
  // oxlint-disable-next-line no-await-in-loop -- what runs beside would be measured too
  for (let round = 0; round < length; round += 1) found.push(await measure());
  return found;
}

if (chromiumPath === undefined) throw new Error('there is no chromium on this machine');
const stage = await ConsoleStage.open();
const browser = await launch(chromiumPath);
try {
  const overview = await times(rounds, () => firstUsefulPaint(browser, `${stage.url}/#/overview`, '.tile .value'));
  const chargers = await times(rounds, () => firstUsefulPaint(browser, `${stage.url}/#/chargers`, 'tr[data-row]'));
  const still = await filterTimes(browser, stage, false);
  const live = await filterTimes(browser, stage, true);
  console.log(`| processor slowed down ${slowdown} times | goal | measured: median (min … max) |`);
  console.log('|---|---|---|---|');
  console.log(`| first useful paint, Overview | ≤ 1 s | ${shown(overview)} |`);
  console.log(`| first useful paint, Chargers with 500 rows | ≤ 1 s | ${shown(chargers)} |`);
  console.log(`| a key in the search of 500 chargers | ≤ 50 ms | ${shown(still)} |`);
  console.log(`| the same while 100 chargers change twice a second | ≤ 50 ms | ${shown(live)} |`);
} finally {
  await browser.close();
  await stage.close();
}

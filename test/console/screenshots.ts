import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { root } from '../support/build.ts';
import { ConsoleStage } from '../support/console/stage.ts';
import { chromiumPath, launch } from './browser.ts';

/** `npm run screenshots`: each page of the built console over the recorded fleet, as PNG in docs/images. */
const folder = join(root, 'docs/images');

type Shot = {
  readonly name: string;
  readonly hash: string;
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'dark';
  /** Of the page; a button that is pressed before. */
  readonly press?: string;
};

const shots: readonly Shot[] = [
  { name: 'overview', hash: '#/overview' },
  { name: 'overview-dark', hash: '#/overview', theme: 'dark' },
  { name: 'overview-360', hash: '#/overview', width: 360, height: 780 },
  { name: 'chargers', hash: '#/chargers' },
  { name: 'charger', hash: '#/chargers/DEPOT-010', height: 1_150 },
  { name: 'sessions', hash: '#/sessions' },
  { name: 'messages', hash: '#/messages' },
  { name: 'message', hash: '#/messages/50000', height: 1_000 },
  { name: 'transfers', hash: '#/transfers' },
  { name: 'transfer', hash: '#/transfers/340', height: 600 },
  { name: 'plan', hash: '#/plan/north', height: 1_560, press: 'Compare' },
  { name: 'outbox', hash: '#/outbox' },
  { name: 'config', hash: '#/config' },
];

async function take(browser: Browser, url: string, { name, hash, width, height, theme, press }: Shot): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: width ?? 1_280, height: height ?? 800 },
    colorScheme: theme ?? 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${url}/${hash}`);
  await page.locator('h1').waitFor();
  await page.getByText('Loading …').first().waitFor({ state: 'detached' });
  if (press !== undefined) {
    await page.getByRole('button', { name: press }).click();
    await page.locator('.comparison').waitFor();
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}

if (chromiumPath === undefined) throw new Error('there is no chromium on this machine');
mkdirSync(folder, { recursive: true });
const stage = await ConsoleStage.open();
const browser = await launch(chromiumPath);
try {
  const only = process.argv.slice(2);
  // oxlint-disable-next-line no-await-in-loop -- one browser, one page after the other
  for (const shot of shots) if (only.length === 0 || only.includes(shot.name)) await take(browser, stage.url, shot);
} finally {
  await browser.close();
  await stage.close();
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/build.ts';
import { ConsoleStage } from '../support/console/stage.ts';
import { chromiumPath, launch } from './browser.ts';

declare global {
  interface Window {
    /** Put into each page by the tests. */
    readonly axe: typeof axe;
  }
}

const built = join(root, 'dist/console');

const shown = [
  ['overview', '#/overview', '.tile'],
  ['chargers', '#/chargers', 'tr[data-row]'],
  ['charger', '#/chargers/DEPOT-010', '.lane'],
  ['sessions', '#/sessions', 'tr[data-row]'],
  ['messages', '#/messages', 'tr[data-row]'],
  ['message', '#/messages/50000', 'mark'],
  ['transfers', '#/transfers', 'tr[data-row]'],
  ['transfer', '#/transfers/340', '.transcript li'],
  ['plan', '#/plan/north', '.small-table'],
  ['outbox', '#/outbox', 'tr[data-row]'],
  ['config', '#/config', '.settings'],
] as const;

test('all JavaScript of the console is at most 60 kB, compressed', () => {
  const names = readdirSync(built, { recursive: true, encoding: 'utf8' });
  const scripts = names.filter((name) => name.endsWith('.js'));
  const sizes = scripts.map((name) => readFileSync(join(built, `${name}.gz`)).length);
  expect(scripts.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
});

test('what is built stands under hashed names, compressed beside, with nothing inline', () => {
  const names = readdirSync(join(built, 'assets'));
  const plain = names.filter((name) => !/\.(br|gz)$/.test(name));
  const page = readFileSync(join(built, 'index.html'), 'utf8');
  expect(plain.filter((name) => !/-[\w-]{8}\.(js|css|svg)$/.test(name))).toEqual([]);
  expect(plain.filter((name) => !names.includes(`${name}.br`) || !names.includes(`${name}.gz`))).toEqual([]);
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=/);
});

describe.skipIf(chromiumPath === undefined)('in a browser (skipped: there is no chromium on this machine)', () => {
  let stage: ConsoleStage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([ConsoleStage.open(), launch(chromiumPath ?? '')]);
  });
  afterAll(async () => {
    await browser.close();
    await stage.close();
  });

  const views = [
    [1_280, 'en-GB'],
    [360, 'de-DE'],
  ] as const;

  for (const [width, locale] of views) {
    test(`each page with 500 chargers at ${width} px (${locale}), light and dark: no error, no other origin, nothing for axe, nothing cut off`, async () => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, locale, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const strange = watch(page, stage.url);
      await page.addInitScript({ content: axe.source });
      await page.goto(stage.url);
      const found: string[] = [];
      for (const [name, hash, mark] of shown) {
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        found.push(...(await findingsOf(page, name, hash, mark)));
      }
      await context.close();
      expect({ found, strange }).toEqual({ found: [], strange: [] });
    });
  }
});

/** What a person would not want to see: messages of the console, mistakes, requests elsewhere. */
function watch(page: Page, origin: string): readonly string[] {
  const strange: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') strange.push(message.text());
  });
  page.on('pageerror', (mistake) => strange.push(String(mistake)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) strange.push(request.url());
  });
  return strange;
}

async function findingsOf(page: Page, name: string, hash: string, mark: string): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
  await page.locator(mark).first().waitFor();
  const found = [...(await axeOn(page, {})), ...(await overflowOf(page))];
  await page.emulateMedia({ colorScheme: 'dark' });
  // of the rules, the theme changes this one
  const dark = await axeOn(page, { runOnly: ['color-contrast'] });
  return [...found, ...dark.map((each) => `dark ${each}`)].map((each) => `${name}: ${each}`);
}

function axeOn(page: Page, options: axe.RunOptions): Promise<readonly string[]> {
  return page.evaluate(async (given) => {
    const { violations } = await window.axe.run(document, { ...given, resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  }, options);
}

function overflowOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`${scrollWidth} px wide of ${clientWidth}`] : [];
  });
}

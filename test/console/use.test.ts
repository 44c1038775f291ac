import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ConsoleStage, type StageOptions } from '../support/console/stage.ts';
import { headOf } from '../support/console/traffic.ts';
import { chromiumPath, launch } from './browser.ts';

describe.skipIf(chromiumPath === undefined)('in a browser (skipped: there is no chromium on this machine)', () => {
  let browser: Browser;
  const stages: ConsoleStage[] = [];
  beforeAll(async () => {
    browser = await launch(chromiumPath ?? '');
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await Promise.all(stages.splice(0).map((stage) => stage.close()));
  });
  afterAll(() => browser.close());

  async function open(hash: string, options: StageOptions = {}): Promise<{ stage: ConsoleStage; page: Page }> {
    const stage = await ConsoleStage.open(options);
    stages.push(stage);
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: 'en-GB' });
    await page.goto(`${stage.url}/${hash}`);
    await page.locator('h1, dialog').first().waitFor();
    return { stage, page };
  }
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

  test('the keyboard alone leads from the address to a charger, through a confirmation and back', async () => {
    const { page } = await open('#/chargers');
    await page.locator('tr[data-row]').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('depot-07');
    await page.getByText('10 of 500').waitFor();
    await page.getByRole('region', { name: 'Chargers' }).focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(page)).toBe('DEPOT-070');
    await page.keyboard.press('End');
    await expect.poll(() => focused(page)).toBe('DEPOT-079');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'DEPOT-079', level: 1 }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Block …');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Block DEPOT-079?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Block …');
  });

  test('of 500 chargers only the rows in sight exist, and End shows the last one', async () => {
    const { page } = await open('#/chargers');
    await page.locator('tr[data-row]').first().waitFor();
    expect(await page.locator('tr[data-row]').count()).toBeLessThan(40);
    await page.getByRole('region', { name: 'Chargers' }).focus();
    await page.keyboard.press('End');
    await expect.poll(() => focused(page)).toBe('DEPOT-500');
    expect(await page.locator('tr[data-row]').count()).toBeLessThan(40);
  });

  test('a row changes while it is looked at, and filters stand in the address', async () => {
    const { stage, page } = await open('#/chargers?search=DEPOT-004');
    const row = page.locator('tr[data-row]');
    await row.getByText('Ready').waitFor();
    const before = stage.fleet.rows[3];
    stage.tell('chargers', { rows: [{ ...before, alive: false }], gone: [] });
    await row.getByText('Silent').waitFor();
    await page.getByLabel('State').selectOption('silent');
    await expect.poll(() => new URL(page.url()).hash).toBe('#/chargers?search=DEPOT-004&state=silent&sort=charger');
    stage.tell('chargers', { rows: [], gone: ['DEPOT-004'] });
    await page.getByText('No charger fits these filters.').waitFor();
  });

  test('rows are sorted by a column, either way', async () => {
    const { page } = await open('#/chargers');
    const first = page.locator('tr[data-row="0"]');
    await page.getByRole('button', { name: 'Power' }).click();
    await first.locator('.power').getByText('–').waitFor();
    await page.getByRole('button', { name: 'Power' }).click();
    const most = page.getByRole('columnheader', { name: 'Power', exact: false });
    await expect.poll(() => most.getAttribute('aria-sort')).toBe('descending');
    const watts = async (row: number) =>
      Number.parseFloat(await page.locator(`tr[data-row="${row}"] .power`).innerText());
    await expect.poll(() => watts(0)).toBeGreaterThan(10);
    expect(await watts(0)).toBeGreaterThanOrEqual(await watts(1));
  });

  test('a charger is asked for its keys only when somebody wants them, and its URL is there to be copied', async () => {
    const { stage, page } = await open('#/chargers/DEPOT-010');
    await page.getByText('http://10.20.0.1:8180/ocpp/DEPOT-010/k3J9x').waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: /^Copy: / }).click();
    await page
      .getByRole('button', { name: /^Copy: / })
      .getByText('Copied')
      .waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'http://10.20.0.1:8180/ocpp/DEPOT-010/k3J9x',
    );
    expect(stage.asked).not.toContain('GET /api/chargers/DEPOT-010/configuration');
    await page.getByRole('button', { name: 'Ask the charger' }).click();
    await page.getByText('MeterValueSampleInterval').waitFor();
  });

  test('why a connector may draw what it may: the binding step is marked, the composite is on top', async () => {
    const { page } = await open('#/chargers/DEPOT-010');
    const chain = page.getByRole('list', { name: 'Why this limit' }).getByRole('listitem');
    await chain.first().waitFor();
    expect(await chain.filter({ hasText: 'binding' }).allInnerTexts()).toEqual([expect.stringContaining('13.8')]);
    expect(await page.locator('.lane strong').allInnerTexts()).toEqual([
      'Composite',
      '5 · TxProfile',
      '2 · TxDefaultProfile',
      '0 · ChargePointMaxProfile',
    ]);
  });

  test('a token is asked for, a wrong one is told, the right one opens everything and stays for the tab', async () => {
    const { stage, page } = await open('', { token: 'right', scope: 'read' });
    const prompt = page.getByRole('dialog', { name: 'A token, please' });
    await prompt.getByLabel('Token').fill('wrong');
    await prompt.getByRole('button', { name: 'Use it' }).click();
    await prompt.getByText('did not accept that token').waitFor();
    await prompt.getByLabel('Token').fill('right');
    await prompt.getByRole('button', { name: 'Use it' }).click();
    await page.locator('.tile').first().waitFor();
    await page.getByText('night shift · may read').waitFor();
    await page.reload();
    await page.locator('.tile').first().waitFor();
    expect(await page.evaluate(() => localStorage.length + document.cookie.length)).toBe(2);
    await page.goto(`${stage.url}/#/chargers/DEPOT-051`);
    const adopt = page.getByRole('button', { name: 'Adopt …' });
    expect(await adopt.isDisabled()).toBe(true);
    expect(await adopt.getAttribute('title')).toContain('it needs the scope “operate”');
  });

  test('a gateway that goes away is said, and the console comes back by itself', async () => {
    const { stage, page } = await open('#/overview');
    await page.getByText('Live', { exact: true }).waitFor();
    await stage.close();
    await page.getByText('The gateway does not answer; what you see is old.').waitFor();
    expect(await page.locator('.tile').count()).toBe(6);
    await stage.listen();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByText('what you see is old').count()).toBe(0);
    expect(stage.asked.filter((each) => each === 'GET /api/sites')).toHaveLength(2);
    stage.tell('overview', { ...stage.fleet.overview, powerW: 12_300 });
    await page.getByText('12.3 kW').waitFor();
  });

  test('a gateway that gives no stream is still shown, and says why', async () => {
    const { page } = await open('#/chargers', { isWithoutStream: true });
    await page.getByText('The gateway gives no live data').waitFor();
    await page.getByText('there are 16 streams already').waitFor();
    await page.locator('tr[data-row]').first().waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.tile').first().waitFor();
  });

  test('messages come in while they are looked at; paused, they wait', async () => {
    const { stage, page } = await open('#/messages?action=Heartbeat');
    await page.locator('tr[data-row]').first().waitFor();
    await expect
      .poll(() => stage.asked.some((each) => each.includes('topics=') && each.includes('messages')))
      .toBe(true);
    const heads = (...ids: number[]) => ({ heads: ids.map((id) => headOf(id, Date.now())) });
    stage.tell('messages', heads(60_001, 60_002));
    await page.locator('tr[data-row="0"]').getByText('DEPOT-002').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    stage.tell('messages', heads(60_007, 60_008));
    await page.getByRole('button', { name: 'Go on (1 new)' }).click();
    await page.locator('tr[data-row="0"]').getByText('DEPOT-008').waitFor();
  });

  test('a charger is adopted, a dead letter dropped, the config read again: each after a confirmation', async () => {
    const { stage, page } = await open('#/chargers/DEPOT-051');
    const acts = [
      ['#/chargers/DEPOT-051', 'Adopt …', 'Adopt', 'POST /api/chargers/DEPOT-051/adopt'],
      ['#/outbox?dead=true', 'Drop …', 'Drop', 'POST /api/outbox/118200/drop'],
      ['#/transfers', 'Pause …', 'Pause', 'POST /api/campaigns/k22-autumn/pause'],
      ['#/transfers/340', 'Cancel job …', 'Cancel job', 'POST /api/transfers/340/cancel'],
      ['#/config', 'Read again …', 'Read again', 'POST /api/config/reload'],
    ] as const;
    for (const [hash, button, verb, asked] of acts) {
      // oxlint-disable-next-line no-await-in-loop -- one act after the other
      await page.goto(`${stage.url}/${hash}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.getByRole('button', { name: button, exact: true }).first().click();
      expect(stage.asked).not.toContain(asked);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click();
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(stage.asked).toContain(asked);
    }
  });

  test('what-if sends the wish, shows both plans, and says that nothing was applied', async () => {
    const { stage, page } = await open('#/plan/north');
    await page.getByLabel('Energy, kWh').fill('44');
    await page.getByLabel('Site limit, A').fill('50');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('This was only tried').waitFor();
    expect(stage.bodies).toEqual([
      { sessions: [{ chargePoint: 'DEPOT-001', connector: 1, energyKwh: 44 }], limitA: 50 },
    ]);
    expect(await page.getByRole('row', { name: 'Cost' }).innerText()).toMatch(/61\.24.*66\.54/s);
  });

  test('German is chosen, holds after a reload, and is told to readers of screens', async () => {
    const { stage, page } = await open('#/overview');
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Übersicht' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Übersicht' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.locator('.tile').first().waitFor();
    stage.tell('overview', { ...stage.fleet.overview, powerW: 1_610_900 });
    await page.getByText('1.610,9 kW').waitFor();
  });

  test('what is not there is said, with the reason of the gateway and what to do', async () => {
    const { page } = await open('#/overview');
    await page.goto(page.url().replace('overview', 'chargers/NOBODY'));
    const alert = page.getByRole('alert');
    await alert.getByText('There is nothing here.').waitFor();
    expect(await alert.innerText()).toContain('there is nothing here');
    await alert.getByRole('button', { name: 'Try again' }).waitFor();
  });

  test('sessions and messages are saved with the filters of the page', async () => {
    const { stage, page } = await open('#/sessions?running=true');
    const save = async (button: string) => {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      return (await saved).suggestedFilename();
    };
    expect(await save('Save as CSV')).toBe('sessions.csv');
    await page.goto(`${stage.url}/#/messages?action=Heartbeat`);
    expect(await save('Save as JSONL')).toBe('messages.jsonl');
    expect(stage.asked).toContain('GET /api/sessions.csv?running=true');
    expect(stage.asked).toContain('GET /api/messages.jsonl?action=Heartbeat&limit=10000');
  });
});

import { expect, test } from 'vitest';
import { drawEnd, drawPicture } from '../../../src/demo/picture.ts';
import { Screen } from '../../../src/demo/screen.ts';
import type { Snapshot } from '../../../src/demo/stage.ts';
import type { StoryEnd } from '../../../src/demo/story.ts';

const ledger = { sent: 80, delivered: 61, lost: 19, reordered: 0, duplicates: 0, outages: 1 };
const connector = {
  status: 'Available',
  powerW: 0,
  limitA: 16,
  energyWh: 0,
  transactionId: undefined,
  startKey: undefined,
} as const;

const snapshot: Snapshot = {
  csmsOn: false,
  connected: 0,
  ledger,
  site: { loadA: 20, limitA: 40, maxLoadA: 39.9, wishA: 64, pricePerKwh: 0.08 },
  chargers: [
    {
      identity: 'DEMO-01',
      sort: '1.5-S',
      booted: true,
      waiting: 2,
      connectors: [
        { ...connector, id: 1, csmsTransactionId: undefined },
        {
          id: 2,
          status: 'Charging',
          powerW: 11_040,
          limitA: 16,
          energyWh: 2314,
          transactionId: 1_900_000_001,
          startKey: 'S',
          csmsTransactionId: undefined,
        },
      ],
    },
  ],
};

const picture = () =>
  drawPicture(snapshot, { elapsedS: 23.6, durationS: 60, operatorUrl: 'http://127.0.0.1:1', events: ['e1', 'e2'] });

test('the picture shows state, energy and both transaction ids of each connector, and what the gateway keeps', () => {
  const text = picture().join('\n');
  expect(text).toContain('23 s of 60 s');
  expect(text).toContain('CSMS IS AWAY · 0 of 1 stations connected');
  expect(text).toMatch(/DEMO-01\/2 +1\.5-S +Charging +11\.0 kW +2\.31 kWh +1900000001 +unknown/);
  expect(text).toMatch(/DEMO-01\/1 +1\.5-S +Available +2$/m);
  expect(text).toContain('80 acknowledged · 61 at the CSMS · 19 kept by the gateway');
  expect(text).toContain(
    `site: ${'█'.repeat(20)}${'·'.repeat(20)} 20.0 of 40 A · cars would take 64 A · a kWh costs 0.08`,
  );
  expect(text).toMatch(/^charger +OCPP +status +power +energy +transaction +at CSMS +unsent$/m);
  expect(text.endsWith('e1\ne2')).toBe(true);
});

test('the end says whether the promise was kept', () => {
  const clean: StoryEnd = {
    ledger: { ...ledger, delivered: 80, lost: 0 },
    sorts: [{ sort: '1.5-S', chargers: 1, sent: 80, delivered: 80 }],
    transfers: { firmware: { installed: 1 }, diagnostics: { uploaded: 1 }, untrue: 0 },
    deeds: { done: 28, failed: 0 },
    unacknowledged: 0,
    violations: [],
    site: { maxLoadA: 40, limitA: 40 },
    complete: true,
  };
  expect(drawEnd(clean).at(-1)).toContain('Clean');
  for (const broken of [
    { ledger },
    { ledger: { ...clean.ledger, reordered: 1 } },
    { ledger: { ...clean.ledger, sent: 49 } },
    { ledger: { ...clean.ledger, outages: 0 } },
    { transfers: { ...clean.transfers, untrue: 1 } },
    { unacknowledged: 1 },
    { violations: ['X: a frame of no known form'] },
    { site: { maxLoadA: 40.1, limitA: 40 } },
  ]) {
    expect(drawEnd({ ...clean, ...broken }).at(-1), JSON.stringify(broken)).toContain('NOT CLEAN');
  }
  const stopped = { ...clean, complete: false, ledger: { ...clean.ledger, sent: 3, delivered: 3, outages: 0 } };
  expect(drawEnd(stopped).at(-1)).toContain('Clean');
});

test('a terminal is drawn over: the cursor goes up by what was drawn, and what does not fit is cut', () => {
  const written: string[] = [];
  const screen = new Screen({ columns: 5, rows: 3 }, (text) => written.push(text));
  screen.draw(['one', 'twentytwo', 'three']);
  screen.draw(['four']);
  screen.draw([]);
  expect(written).toEqual(['one\ntwen\n', '\u001B[2A\u001B[0Jfour\n', '\u001B[1A\u001B[0J\n']);
});

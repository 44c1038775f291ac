import { expect, onTestFinished, test } from 'vitest';
import { loadOcppServices } from '../../src/demo/charger/services.ts';
import { startCsms } from '../../src/demo/csms.ts';
import { ledgerHalves, startFleet, stopFleet } from '../../src/demo/fleet.ts';
import { compareHalves, type StationHalves } from '../../src/demo/ledger.ts';
import { openListener, startTestEdge } from '../support/edge.ts';
import { LedgerCharger } from '../support/ledger-charger.ts';
import { wsdlFolder } from '../support/wsdl-files.ts';

const count = 200;
/** Each charger begins and ends two transactions, with a reading in each. */
const messagesEach = 6;

test('200 chargers with OCPP-J and 200 with SOAP, an outage of the CSMS, cut connections: nothing is lost', async () => {
  const csms = await startCsms({ heartbeatS: 300 });
  onTestFinished(() => csms.close());
  const edge = await startTestEdge({
    csmsUrl: csms.url,
    config: {
      json: { ...openListener, maxConcurrent: 1_000 },
      soap: { ...openListener, maxConcurrent: 1_000 },
      offline: { unknownIdTag: 'accept', waitMs: 30_000 },
    },
  });
  onTestFinished(() => edge.remove());
  const soapChargers = await startFleet({
    centralSystemUrl: edge.soapUrl,
    services: await loadOcppServices(`${wsdlFolder}/1.6`),
    count,
    name: 'SOAP',
    charger: { sampleIntervalMs: 0, connectors: 1, maxIntervalMs: 60_000 },
  });
  onTestFinished(() => stopFleet(soapChargers));
  const jsonChargers = Array.from({ length: count }, (_, nth) => new LedgerCharger(`JSON-${nth}`, edge.jsonUrl ?? ''));
  onTestFinished(async () => {
    await Promise.all(jsonChargers.map((charger) => charger.close()));
  });
  const all = async (
    soap: (charger: (typeof soapChargers)[number]) => void,
    json: (charger: LedgerCharger) => Promise<void>,
  ) => {
    for (const charger of soapChargers) soap(charger);
    await Promise.all([...jsonChargers.map(json), ...soapChargers.map((charger) => charger.drained())]);
  };

  await Promise.all([
    ...soapChargers.map((charger) => charger.booted()),
    ...jsonChargers.map((charger) => charger.boot()),
  ]);
  await all(
    (charger) => charger.begin(1, 'TAG'),
    (charger) => charger.start(),
  );
  await csms.switchOff();
  const outage = all(
    (charger) => charger.sample(1),
    (charger) => charger.sample(),
  );
  await Promise.all(jsonChargers.filter((_, nth) => nth % 10 === 0).map((charger) => charger.cut()));
  await outage;
  await all(
    (charger) => charger.unplug(1),
    (charger) => charger.stop(),
  );
  await all(
    (charger) => charger.begin(1, 'TAG'),
    (charger) => charger.start(),
  );
  await csms.switchOn();
  await all(
    (charger) => charger.sample(1),
    (charger) => charger.sample(),
  );
  await all(
    (charger) => charger.unplug(1),
    (charger) => charger.stop(),
  );

  const halves = (): readonly StationHalves[] => [
    ...ledgerHalves(soapChargers, csms),
    ...jsonChargers.map(({ identity, acknowledged }) => ({ acknowledged, arrived: csms.book(identity).arrived })),
  ];
  const complete = () => halves().every(({ acknowledged, arrived }) => arrived.length >= acknowledged.length);
  expect(await csms.changes.until(complete, 30_000)).toBe(true);
  const sent = 2 * count * messagesEach;
  expect(compareHalves(halves(), csms.outages)).toMatchObject({
    sent,
    delivered: sent,
    lost: 0,
    reordered: 0,
    outages: 1,
  });
  expect(jsonChargers.filter(({ retries }) => retries > 0)).toHaveLength(count / 10);
  expect(jsonChargers.flatMap(({ violations }) => violations)).toEqual([]);
  expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
}, 120_000);

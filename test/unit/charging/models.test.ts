import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { modelFor, type ChargerModel } from '../../../src/charging/models.ts';
import { loadModels, loadModelsFor } from '../../../src/config/models.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { loadYaml, MINIMAL, temporaryFolder } from '../config/written-config.ts';
import { Stage } from './driver-stage.ts';

const shippedFolder = fileURLToPath(new URL('../../../config/models', import.meta.url));

function modelsIn(...folders: readonly string[]): readonly ChargerModel[] {
  const loaded = loadModels(...folders);
  if (loaded.kind === 'loaded') return loaded.models;
  throw new Error(loaded.mistakes.map(describeMistake).join('\n'));
}

const shipped = modelsIn(shippedFolder);

/** What each shipped model is told for 0, 6, 10.5, 16 and 32 A on each of two connectors with a session. */
const told: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'abl-emh': {
    'logicalid=1;value={value}': ['0', '6', '10', '16', '32'],
    'logicalid=2;value={value}': ['0', '6', '10', '16', '32'],
  },
  'alfen-eve': { 'Station-MaxCurrent': ['6', '12', '21', '32', '64'] },
  bender: { OperatorCurrentLimit: ['0', '6', '10', '16', '32'] },
  bticino: {
    CurrentManagementRight: ['6', '6', '10', '16', '32'],
    CurrentManagementLeft: ['6', '6', '10', '16', '32'],
  },
  'delta-dc-150': { 'Device/GridCurrent': ['6', '12', '21', '32', '64'] },
  'ensto-evf200': {
    OperatorCurrentLimit: ['0', '6', '10', '16', '32'],
    OperatorCurrentLimit_2: ['0', '6', '10', '16', '32'],
  },
  evbox: { evb_MaximumStationCurrent: ['60', '120', '210', '320', '640'] },
  'go-e': { ForceState: ['Off', 'Neutral', 'Neutral', 'Neutral', 'Neutral'] },
  'growatt-thor': { G_MaxCurrent: ['6', '6', '10', '16', '32'] },
  'ies-keywatt': { PowerLimit: ['0', '8280', '14490', '22080', '44160'] },
  'keba-kecontact': { MaxAvailableCurrent: ['6000', '6000', '10500', '16000', '32000'] },
  'schneider-evlink': { maxintensitysocket: ['0', '6', '10', '16', '32'] },
  wallbox: {
    chargingALimitConn1: ['6', '6', '10', '16', '32'],
    chargingALimitConn2: ['6', '6', '10', '16', '32'],
  },
  webasto: { OperatorCurrentLimit: ['0', '6', '10', '16', '32'] },
};

describe('every shipped model', () => {
  test('is in the table of this test', () => {
    expect(shipped.map(({ name }) => name)).toEqual(Object.keys(told));
  });

  test.each(shipped.map((model) => [model.name, model] as const))(
    '%s is told the exact values',
    async (name, model) => {
      for (const [index, limitA] of [0, 6, 10.5, 16, 32].entries()) {
        const stage = new Stage([model], { connectors: 2, settings: { model: name } });
        await stage.limit(limitA);
        const expected = Object.entries(told[name] ?? {}).map(([key, values]) => [key, values[index]]);
        expect(valuesTold(stage)).toEqual(Object.fromEntries(expected));
        expect(stage.written[model.write?.scope === 'connector' ? 2 : 0]?.confirmed).toBe(true);
      }
    },
  );

  test.each(shipped.map((model) => [model.name, model] as const))(
    '%s has a rest value that it takes',
    async (name, model) => {
      const stage = new Stage([model], { connectors: 2, settings: { model: name } });
      await stage.limit(32);
      await stage.driver.rest(1000);
      const values = Object.entries(told[name] ?? {}).map(([key, list]) => [key, list[1]]);
      expect(valuesTold(stage)).toEqual(Object.fromEntries(values));
    },
  );

  test.each(shipped.filter(({ write }) => write?.below === 'minimum').map((model) => [model.name, model] as const))(
    '%s, which cannot pause by its value, stops the session below 6 A',
    async (name, model) => {
      const stage = new Stage([model], { settings: { model: name } });
      await stage.begin(1);
      await stage.minutes(5);
      await stage.limit(5);
      expect(stage.line.take('RemoteStopTransaction')).toEqual([{ transactionId: 101 }]);
    },
  );
});

function valuesTold(stage: Stage): Record<string, string> {
  const transfers = stage.line.transfers.map(({ data }) => String(data).split('value='));
  return Object.fromEntries([
    ...stage.line.configuration,
    ...transfers.map(([start, value]) => [`${start}value={value}`, String(value)] as const),
  ]);
}

describe('the model of a charger', () => {
  const settings = { driveBy: 'model', model: undefined, restCurrentA: undefined } as const;
  const boot = (chargePointVendor: string, chargePointModel = 'any') => ({ chargePointVendor, chargePointModel });
  const nameFor = (...given: Parameters<typeof modelFor> extends [unknown, ...infer Rest] ? Rest : never) =>
    modelFor(shipped, ...given)?.name;

  test.each([
    ['ABL', 'eMH3', 'abl-emh'],
    ['Alfen BV', 'NG910', 'alfen-eve'],
    ['Bender GmbH Co. KG', 'CC612', 'bender'],
    ['EV-BOX', 'G3', 'evbox'],
    ['EVBox', 'Elvi', 'evbox'],
    ['Keba AG', 'KC-P30-ESS400C2-E0R', 'keba-kecontact'],
    ['Schneider Electric', 'EV2S22P44', 'schneider-evlink'],
    ['SCHNEIDER ELECTRIC', 'MONOBLOCK', 'schneider-evlink'],
    ['DELTA', '10566', 'delta-dc-150'],
    ['DELTA', 'AC Mini Plus', undefined],
    ['ABB', 'Terra AC', undefined],
    ['My ABL', 'eMH3', undefined],
  ])('%s %s is %s', (vendor, model, name) => {
    expect(nameFor(settings, boot(vendor, model))).toBe(name);
  });

  test('is the one that the config names, whatever the charger says', () => {
    expect(nameFor({ ...settings, model: 'evbox' }, boot('ABL'))).toBe('evbox');
    expect(nameFor({ ...settings, model: 'evbox' }, undefined)).toBe('evbox');
  });

  test('is not known before it has booted', () => {
    expect(nameFor(settings, undefined)).toBeUndefined();
  });

  test('is none with driveBy: none, and stop and start with remoteStopStart', () => {
    expect(modelFor(shipped, { ...settings, driveBy: 'none' }, boot('ABL'))).toBeUndefined();
    const last = modelFor(shipped, { ...settings, driveBy: 'remoteStopStart' }, boot('ABL'));
    expect(last).toMatchObject({ write: undefined, stopStart: { fromA: 6, minOnS: 60, minOffS: 300 } });
  });
});

describe('model files', () => {
  const KEY = 'models:\n  mine:\n    vendor: Mine\n    changeConfiguration:\n      key: Limit\n';

  function written(files: Readonly<Record<string, string>>): string {
    const folder = join(temporaryFolder(), 'models');
    mkdirSync(folder);
    for (const [name, yaml] of Object.entries(files)) writeFileSync(join(folder, name), yaml);
    return folder;
  }

  function mistakesIn(...folders: readonly string[]): readonly string[] {
    const loaded = loadModels(...folders);
    const mistakes = loaded.kind === 'refused' ? loaded.mistakes : [];
    return mistakes.map((mistake) =>
      folders.reduce((text, one) => text.replaceAll(`${one}/`, ''), describeMistake(mistake)),
    );
  }

  test('the shortest one has the defaults', () => {
    expect(modelsIn(written({ 'mine.yaml': KEY }))).toEqual([
      {
        name: 'mine',
        vendors: ['Mine'],
        models: ['*'],
        write: {
          kind: 'changeConfiguration',
          keys: ['Limit'],
          unit: 'A',
          scope: 'connector',
          step: 1,
          minimum: 6,
          below: 'zero',
          writableDuringSession: true,
          minIntervalS: 300,
          rebootNeeded: false,
        },
        stopStart: undefined,
        restA: 6,
      },
    ]);
  });

  test.each([
    [
      'an unknown key',
      `${KEY}      unti: A\n`,
      'a.yaml:6:7 models.mine.changeConfiguration.unti: unknown key; did you mean "unit"?',
    ],
    [
      'an unknown unit',
      `${KEY}      unit: V\n`,
      'a.yaml:6:13 models.mine.changeConfiguration.unit: must be one of A, dA, mA, W, kW, not "V"',
    ],
    [
      'a key without name',
      'models:\n  mine:\n    vendor: M\n    changeConfiguration:\n      unit: A\n',
      'a.yaml:4:5 models.mine.changeConfiguration.key: is missing: ',
    ],
    [
      'a time in quotes',
      `${KEY}      minIntervalS: 5 min\n`,
      'a.yaml:6:21 models.mine.changeConfiguration.minIntervalS: must be a whole number of seconds, not "5 min"; did you mean 300?',
    ],
    [
      'no means',
      'models:\n  mine:\n    vendor: M\n',
      'a.yaml:2:3 models.mine: needs changeConfiguration, dataTransfer or remoteStopStart',
    ],
    [
      'two means',
      `${KEY}    dataTransfer: { vendorId: M, data: x }\n`,
      'a.yaml:6:5 models.mine.dataTransfer: excludes changeConfiguration beside it',
    ],
    [
      'a minimum between two steps',
      `${KEY}      step: 4\n`,
      'a.yaml:4:5 models.mine.changeConfiguration.minimum: must be a multiple of step, which is 4',
    ],
    [
      'a maximum below the minimum',
      `${KEY}      maximum: 5\n`,
      'a.yaml:6:7 models.mine.changeConfiguration.maximum: must be at least minimum, which is 6',
    ],
    [
      'a list of keys for the station',
      `${KEY.replace('Limit', '[A, B]')}      scope: station\n`,
      'a.yaml:5:7 models.mine.changeConfiguration.key: may be a list of several only where scope is connector',
    ],
    [
      'a bad name',
      'models:\n  "my own":\n    vendor: M\n    remoteStopStart: {}\n',
      'a.yaml:2:3 models["my own"]: A model name is 1 to 64 letters',
    ],
    ['no YAML', 'models: [', 'a.yaml:1:10 not valid YAML: '],
  ])('%s is told with its place', (_title, yaml, start) => {
    const mistakes = mistakesIn(written({ 'a.yaml': yaml }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.slice(0, start.length)).toBe(start);
  });

  test('a name that stands in two files of a folder is told', () => {
    const folder = written({ 'a.yaml': KEY, 'b.yaml': KEY });
    expect(mistakesIn(folder)).toEqual(['b.yaml:2:3 models.mine: "mine" stands in a.yaml already']);
  });

  test('a folder that does not exist is told', () => {
    expect(mistakesIn('/nowhere/models')).toEqual(['/nowhere/models:1:1 the folder of models does not exist']);
  });

  test('one of a later folder replaces the shipped one of that name, and is looked at first', () => {
    const own = written({ 'mine.yaml': `${KEY}  evbox:\n    vendor: EVBox\n    remoteStopStart: {}\n` });
    const models = modelsIn(shippedFolder, own);
    expect(models).toHaveLength(shipped.length + 1);
    expect(models.slice(0, 2).map(({ name }) => name)).toEqual(['mine', 'evbox']);
    expect(models.find(({ name }) => name === 'evbox')?.write).toBeUndefined();
  });

  test('the config names the folder, relative to itself, and models that must exist', () => {
    const own = written({ 'mine.yaml': KEY });
    const yaml = `${MINIMAL}charging: { modelsFolder: models }\nchargers:\n  CP-1: { model: mine }\n  CP-2: { model: evbx }\n`;
    const config = loadYaml(yaml, {}, join(own, '..'));
    if (config.kind === 'refused') throw new Error(config.mistakes.map(describeMistake).join('\n'));
    const loaded = loadModelsFor(config, shippedFolder);
    const mistakes = loaded.kind === 'refused' ? loaded.mistakes.map(describeMistake) : [];
    expect(mistakes).toEqual([
      expect.stringMatching(
        /gateway\.yaml:5:18 chargers\.CP-2\.model: no model is called "evbx"; did you mean "evbox"\?$/,
      ),
    ]);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { controllerSettings } from '../../../src/config/charger-settings.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { readConfig } from '../../../src/main/read-config.ts';
import { MINIMAL, mistakesIn, soundConfig, temporaryFolder } from './written-config.ts';
import { SHORTEST } from './written-site.ts';

describe('the Local Controller', () => {
  test('is not there unless somebody wants it', () => {
    expect(controllerSettings(soundConfig(MINIMAL))).toBeUndefined();
  });

  test('has the link of csms, with what it says itself on top', () => {
    const yaml = `csms: { url: "wss://csms.test/ocpp", passwordFrom: "env:MAIN", pingIntervalS: 50 }
controller: { identity: SITE-1, csms: { bootOnReconnect: always, passwordFrom: "env:OWN" } }`;
    const settings = controllerSettings(soundConfig(yaml, { MAIN: 'main', OWN: 'own' }));
    expect(settings).toMatchObject({
      identity: 'SITE-1',
      link: { url: 'wss://csms.test/ocpp', csmsIdentity: 'SITE-1', pingIntervalS: 50, bootOnReconnect: 'always' },
    });
    expect(settings?.link.password?.revealText()).toBe('own');
  });

  test.each([
    ['controller: {}', 'gateway.yaml:2:1 controller.identity: is missing'],
    [
      'controller: { identity: A }\nchargers: { cp: { csmsIdentity: A } }',
      'gateway.yaml:3:33 chargers.cp.csmsIdentity: "controller" is "A" to the same CSMS already',
    ],
    ['controller: { identity: A, csms: { certFile: a.pem } }', 'controller.csms.certFile: needs keyFile beside it'],
  ])('%s', (yaml, mistake) => {
    expect(mistakesIn(`${MINIMAL}${yaml}`).join('\n')).toContain(mistake);
  });

  const site = (id: string) => SHORTEST.replace('depot', id).replace('CP-1', `CP-${id}`);
  const roots = SHORTEST.replace('maxCurrentA: 63 }', 'maxCurrentA: 63 }, { id: other, maxCurrentA: 63 }').replace(
    'CP-1',
    'CP-1, parent: main',
  );

  test.each([
    ['the only site is the one', 'identity: A', [site('one')], []],
    ['the site that it names', 'identity: A, site: two', [site('one'), site('two')], []],
    ['without sites it is a station all the same', 'identity: A', [], []],
    [
      'a site that is not there',
      'identity: A, site: tow',
      [site('one'), site('two')],
      ['gateway.yaml:3:34 controller.site: no site is called "tow"; did you mean "two"?'],
    ],
    [
      'one of two sites',
      'identity: A',
      [site('one'), site('two')],
      ['gateway.yaml:3:25 controller.identity: needs site beside it: one, two'],
    ],
    [
      'a site with two roots',
      'identity: A, site: depot',
      [roots],
      ['gateway.yaml:3:34 controller.site: "depot" has 2 roots, and one limit cannot hold for all of them'],
    ],
  ])('%s', async (_title, controller, sites, mistakes) => {
    const folder = temporaryFolder();
    for (const [index, yaml] of sites.entries()) writeFileSync(join(folder, `${index}.yaml`), yaml);
    const file = join(temporaryFolder(), 'gateway.yaml');
    const lines = [
      'unknownChargers: accept',
      `controller: { ${controller} }`,
      `charging: { sitesFolder: "${folder}" }`,
    ];
    writeFileSync(file, `${MINIMAL}${lines.join('\n')}\n`);
    const read = await readConfig(file, {});
    const told = read.kind === 'refused' ? read.mistakes.map(describeMistake) : [];
    expect(told.map((words) => words.slice(words.indexOf('gateway.yaml')))).toEqual(mistakes);
  });
});

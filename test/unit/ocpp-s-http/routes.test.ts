import { expect, test } from 'vitest';
import { isIdentity } from '../../../src/front-door/path.ts';
import { routeOf } from '../../../src/ocpp-s/routes.ts';

const identityOf = (target: string) => {
  const route = routeOf(target, '/ocpp');
  return route.kind === 'ocpp' ? route.identity : route.kind;
};

test.each([
  ['/ocpp', undefined],
  ['/OCPP/', undefined],
  ['//ocpp//soap//', undefined],
  ['/ocpp/soap/DEPOT-07', 'DEPOT-07'],
  ['/ocpp/DEPOT-07', 'DEPOT-07'],
  ['/ocpp/tenant/DEPOT-07/', 'DEPOT-07'],
  ['/ocpp/services/CentralSystemService', undefined],
  ['/ocpp/services/CentralSystemService/DEPOT-07', 'DEPOT-07'],
  ['/ocpp/1.5', undefined],
  ['/ocpp/ocpp16/12', '12'],
  ['/ocpp?cb=DEPOT-07', 'DEPOT-07'],
  ['/ocpp?CHARGEBOXIDENTITY=DEPOT-07', 'DEPOT-07'],
  ['/ocpp/PATH?cb=QUERY', 'PATH'],
  ['/OCPP?TENANTID=X%26cb=DEPOT-07', 'DEPOT-07'],
  ['/ocpp/%C3%82%23:1', 'Â#:1'],
  ['/ocpp/A%2FB', 'A/B'],
  ['http://gateway.example:8180/ocpp/DEPOT-07', 'DEPOT-07'],
])('the URL %s names the charger %s, whatever its case and slashes', (target, identity) => {
  expect(identityOf(target)).toBe(identity);
});

test.each(['/', '/other', '/ocp', '/ocppx/A', '*', '', '/x/ocpp'])('%s is outside the base path', (target) => {
  expect(identityOf(target)).toBe('notFound');
});

test.each([
  '/ocpp/../../x',
  '/ocpp/%2e%2e%2fx',
  '/ocpp/%zz',
  '/ocpp/%ff',
  '/ocpp?cb=..%5Cx',
  `/ocpp/${'a'.repeat(49)}`,
  '/ocpp/a%00',
])('%s is malformed', (target) => {
  expect(identityOf(target)).toBe('malformed');
});

test('the secret path /s/<secret> carries the secret, with or without an identity behind it', () => {
  expect(routeOf('/ocpp/s/abc123', '/ocpp')).toMatchObject({ secret: 'abc123' });
  expect(routeOf('/ocpp/s/abc123', '/ocpp')).not.toHaveProperty('identity');
  expect(routeOf('/OCPP/S/abc123/DEPOT-07', '/ocpp')).toMatchObject({ secret: 'abc123', identity: 'DEPOT-07' });
});

test('an empty base path serves every path', () => {
  expect(routeOf('/steve/services/CentralSystemService', '/')).toMatchObject({ kind: 'ocpp' });
});

test('an identity is 1 to 48 printable characters that climb no path', () => {
  for (const good of ['DEPOT-07', 'a b', 'Â#:()', '充電器', 'x'.repeat(48), 'a..b'])
    expect(isIdentity(good)).toBe(true);
  for (const bad of [
    '',
    ' ',
    '..',
    '../../x',
    'a/../b',
    'a\\..',
    'x'.repeat(49),
    'a\nb',
    'a\u0000',
    '\u2028',
    '\u200b',
  ]) {
    expect(isIdentity(bad)).toBe(false);
  }
});

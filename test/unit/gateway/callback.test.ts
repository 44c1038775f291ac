import { expect, test } from 'vitest';
import { chooseCallback } from '../../../src/gateway/callback.ts';
import type { CallbackSettings } from '../../../src/gateway/settings.ts';

const anonymous = 'http://www.w3.org/2005/08/addressing/anonymous';
const peer = '10.0.0.7';
const choose = (candidates: readonly string[], change: Partial<CallbackSettings> = {}, from = peer) => {
  const settings: CallbackSettings = {
    endpoint: undefined,
    template: undefined,
    allowedNetworks: [],
    remoteCommands: true,
    basic: undefined,
    ...change,
  };
  const callback = chooseCallback(settings, candidates, from);
  return callback.kind === 'url' ? callback.url : callback.reason;
};

test('the configured endpoint overrides what the charger says', () => {
  expect(choose(['http://10.0.0.7:8081/'], { endpoint: 'http://nat.example/cp1' })).toBe('http://nat.example/cp1');
});

test('wsa:From is kept verbatim, path and query included', () => {
  const url = 'http://10.0.0.7:8081/services/ChargePointService?x=1';
  expect(choose([url])).toBe(url);
});

test('an anonymous From falls back to ReplyTo, then to the template', () => {
  expect(choose([anonymous, 'http://10.0.0.7:8081/cp'])).toBe('http://10.0.0.7:8081/cp');
  expect(choose([anonymous], { template: { port: 8080, path: '/ocpp' } })).toBe('http://10.0.0.7:8080/ocpp');
  expect(choose([], { template: { port: 8080, path: '/' } }, 'fd00::7')).toBe('http://[fd00::7]:8080/');
});

test('no address at all is told in words', () => {
  expect(choose([anonymous])).toBe('the charger sends no callback address (wsa:From)');
  expect(choose([], { remoteCommands: false })).toBe('remote commands are switched off');
});

test('a configured network may be called beside the peer', () => {
  expect(choose(['http://192.168.5.9:80/'], { allowedNetworks: ['192.168.5.0/24'] })).toBe('http://192.168.5.9:80/');
});

test.each([
  ['http://169.254.169.254/latest/meta-data'],
  ['http://localhost:22/'],
  ['http://127.0.0.1:8190/metrics'],
  ['http://2130706433/'],
  ['http://[::1]:8081/'],
  ['http://[::ffff:127.0.0.1]:8081/'],
  ['http://10.0.0.8:8081/'],
  ['file:///etc/passwd'],
  ['ftp://10.0.0.7/'],
  ['http://user:pass@10.0.0.7:8081/'],
  ['http://10.0.0.7:8081/#x'],
  ['http://10.0.0.7:22/'],
  [`http://10.0.0.7:8081/${'x'.repeat(201)}`],
  ['/ocpp'],
  ['not a url'],
])('a charger cannot make us POST to %s', (url) => {
  expect(choose([url])).toMatch(/^its callback address /);
});

test('the peer itself may be on loopback', () => {
  expect(choose(['http://127.0.0.1:8081/cp'], {}, '::ffff:127.0.0.1')).toBe('http://127.0.0.1:8081/cp');
});

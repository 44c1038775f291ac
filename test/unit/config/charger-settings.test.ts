import { describe, expect, test } from 'vitest';
import { chargerSettings } from '../../../src/config/charger-settings.ts';
import { soundConfig } from './written-config.ts';

const YAML = `
csms:
  url: wss://main.test/ocpp
  passwordFrom: env:MAIN
  pingIntervalS: 50
chargerDefaults:
  timezone: Europe/Berlin
  repair: [vendorEnums]
  soapAction: true
groups:
  depot:
    timezone: Europe/Oslo
    repair: transactionId
    csms: { pingIntervalS: 40 }
  elsewhere:
    csms: { url: "wss://other.test/", bootOnReconnect: always }
chargers:
  CP-1:
    group: depot
    soapAction: false
    csmsIdentity: DE*1
    blocked: true
    endpoint: http://10.0.0.1:8080/cp
    endpointUser: edge
    endpointPasswordFrom: env:ENDPOINT
    basicPasswordFrom: env:BASIC
    secretPathFrom: env:PATHSECRET
  CP-2: { group: elsewhere }
  CP-3: { group: elsewhere, csms: { passwordFrom: "env:OWN", url: "wss://other.test/" } }
  CP-4: { csms: { url: "wss://main.test/ocpp" } }
  constructor: {}
`;
const env = { MAIN: 'main', ENDPOINT: 'endpoint', BASIC: 'basic', PATHSECRET: 'path', OWN: 'own' };
const config = () => soundConfig(YAML, env);
const settingsOf = (identity: string) => chargerSettings(config(), identity);

describe('the settings of one charger', () => {
  test('its own keys stand over those of its group, those over the defaults; a list replaces a list', () => {
    expect(settingsOf('CP-1').profile).toEqual({
      allowFrom: [],
      sourceChange: 'alert',
      requireCertificate: false,
      callbackNetworks: [],
      callbackPath: '/',
      remoteCommands: true,
      acceptBeforeBoot: false,
      timezone: 'Europe/Oslo',
      repair: ['transactionId'],
      mustUnderstand: 'auto',
      responseTo: 'anonymous',
      responseHeaders: 'full',
      soapAction: false,
      faultHttpStatus: 'soap12',
      smartCharging: 'auto',
      compositeSource: 'charger',
      maxCurrentA: 32,
      phases: 3,
      voltageV: 230,
      driveBy: 'model',
      transfers: 'gateway',
      transferProtocol: 'auto',
      flatUrls: false,
      inferFirmwareStatus: false,
      diagnosticsMethod: 'put',
      group: 'depot',
    });
  });

  test('what only a charger can have', () => {
    const { registered, blocked, endpoint, endpointBasic, basicPassword, secretPath } = settingsOf('CP-1');
    expect({ registered, blocked, endpoint, user: endpointBasic?.user }).toEqual({
      registered: true,
      blocked: true,
      endpoint: 'http://10.0.0.1:8080/cp',
      user: 'edge',
    });
    const secrets = [endpointBasic?.password, basicPassword, secretPath].map((secret) => secret?.revealText());
    expect(secrets).toEqual(['endpoint', 'basic', 'path']);
  });

  test('a stranger has the defaults under its own spelling', () => {
    const { identity, registered, blocked, profile, link, endpointBasic } = settingsOf('Stranger');
    expect({ identity, registered, blocked, endpointBasic }).toEqual({
      identity: 'Stranger',
      registered: false,
      blocked: false,
    });
    expect([profile.timezone, profile.soapAction, link.csmsIdentity]).toEqual(['Europe/Berlin', true, 'Stranger']);
  });

  test('a charger is found whatever its case, and gets the spelling of the config', () => {
    const { identity, link } = settingsOf('cp-2');
    expect([identity, link.csmsIdentity]).toEqual(['CP-2', 'CP-2']);
  });

  test('names that every object has are names like others', () => {
    expect(settingsOf('constructor').registered).toBe(true);
    expect(['toString', '__proto__', 'hasOwnProperty'].map((name) => settingsOf(name).registered)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('a default group holds for strangers, and a charger with a group of its own leaves it', () => {
    const yaml = `csms: { url: "wss://x/" }
chargerDefaults: { group: a }
groups: { a: { timezone: Europe/Rome }, b: { soapAction: true } }
chargers: { CP: { group: b } }`;
    const timezones = ['Stranger', 'CP'].map(
      (identity) => chargerSettings(soundConfig(yaml), identity).profile.timezone,
    );
    expect(timezones).toEqual(['Europe/Rome', 'UTC']);
  });
});

describe('the link of one charger', () => {
  const brief = (identity: string) => {
    const { url, csmsIdentity, password, pingIntervalS, bootOnReconnect } = settingsOf(identity).link;
    return [url, csmsIdentity, password?.revealText(), pingIntervalS, bootOnReconnect];
  };
  const usual = 'if-charger-booted-or-csms-never-saw-it';

  test.each([
    ['a group without url keeps the credentials', 'CP-1', ['wss://main.test/ocpp', 'DE*1', 'main', 40, usual]],
    ['another url leaves the credentials behind', 'CP-2', ['wss://other.test/', 'CP-2', undefined, 50, 'always']],
    ['credentials of its own', 'CP-3', ['wss://other.test/', 'CP-3', 'own', 50, 'always']],
    ['the same url again keeps them', 'CP-4', ['wss://main.test/ocpp', 'CP-4', 'main', 50, usual]],
  ])('%s', (_title, identity, link) => {
    expect(brief(identity)).toEqual(link);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTranslate } from '../../../src/cli/translate.ts';
import { translate } from '../../../src/cli/translation.ts';

async function run(args: readonly string[], input: string | Buffer = '') {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runTranslate(args, {
    stdin: Readable.from([Buffer.from(input)]),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    env: {},
    now: Date.now,
  });
  return { code, out: out.join(''), err: err.join('') };
}

const authorize =
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns="urn://Ocpp/Cs/2015/10/">' +
  '<s:Header><chargeBoxIdentity>DEPOT-07</chargeBoxIdentity><a:MessageID>urn:uuid:7</a:MessageID></s:Header>' +
  '<s:Body><authorizeRequest><idTag>0012</idTag></authorizeRequest></s:Body></s:Envelope>';
const line =
  '{"ocpp":"1.6","station":"DEPOT-07","action":"Authorize","type":"request","messageId":"urn:uuid:7","payload":{"idTag":"0012"}}';

describe('a SOAP envelope becomes one compact line', () => {
  test('on stdout, from stdin', async () => {
    expect(await run([], authorize)).toEqual({ code: 0, out: `${line}\n`, err: '' });
    expect(await run(['-'], `\ufeff\n${authorize}`)).toEqual({ code: 0, out: `${line}\n`, err: '' });
  });

  test('whatever its charset', async () => {
    const xml = `<?xml version="1.0" encoding="ISO-8859-1"?>${authorize.replace('0012', 'ZÄHLER')}`;
    expect((await run([], Buffer.from(xml, 'latin1'))).out).toContain('"idTag":"ZÄHLER"');
  });

  test('with null for what it does not say, unless the options do', () => {
    const bare = authorize.replace(/<s:Header>.*<\/s:Header>/, '');
    expect(JSON.parse(translate(bare))).toMatchObject({ station: null, messageId: null });
    expect(JSON.parse(translate(bare, { station: 'X' }))).toMatchObject({ station: 'X' });
    expect(JSON.parse(translate(authorize, { station: 'X' }))).toMatchObject({ station: 'DEPOT-07' });
  });

  test('a fault as what a CALLERROR holds', () => {
    const xml = translate('[4,"7","SecurityError","not yours",{}]', { action: 'Reset', station: 'DEPOT-07' });
    expect(JSON.parse(translate(xml))).toEqual({
      ocpp: '1.6',
      station: 'DEPOT-07',
      action: 'Reset',
      type: 'fault',
      messageId: '7',
      payload: {
        errorCode: 'SecurityError',
        errorDescription: 'not yours',
        errorDetails: { soapCode: 'Sender', soapSubcode: 'SecurityError' },
      },
    });
  });
});

describe('a frame becomes an envelope', () => {
  test('[2, …], back and forth', () => {
    const xml = translate('[2,"19223201","Authorize",{"idTag":"A&B","x":null}]', { station: 'DEPOT-07' });
    expect(xml).toContain('<cs:authorizeRequest><cs:idTag>A&amp;B</cs:idTag></cs:authorizeRequest>');
    expect(xml).toContain('<wsa:MessageID>19223201</wsa:MessageID>');
    expect(JSON.parse(translate(xml))).toEqual({
      ocpp: '1.6',
      station: 'DEPOT-07',
      action: 'Authorize',
      type: 'request',
      messageId: '19223201',
      payload: { idTag: 'A&B' },
    });
  });

  test('[3, …] needs the action', () => {
    const frame = '[3,"7",{"status":"Accepted"}]';
    expect(translate(frame, { action: 'Reset' })).toContain(
      '<cp:resetResponse><cp:status>Accepted</cp:status></cp:resetResponse>',
    );
    expect(translate(frame, { action: 'Reset' })).toContain('<wsa:RelatesTo>7</wsa:RelatesTo>');
    expect(() => translate(frame)).toThrow('a CALLRESULT does not name its action: add --action');
  });

  test('[4, …] becomes a fault, with the frozen spellings of OCPP-J 1.6 and without an action', () => {
    const xml = translate('[4,"7","OccurenceConstraintViolation","",{}]');
    expect(xml).toContain('<env:Value>cs:ProtocolError</env:Value>');
    expect(xml).toContain('>OccurenceConstraintViolation</env:Text>');
    expect(translate('[4,"7","Whatever","x",{}]')).toContain('<env:Value>cs:InternalError</env:Value>');
  });

  test('a line that it printed itself, and every line again', () => {
    expect(translate(translate(line))).toBe(line);
    const response = line
      .replace('request', 'response')
      .replace('{"idTag":"0012"}', '{"idTagInfo":{"status":"Accepted"}}');
    expect(translate(translate(response))).toBe(response);
    const fault = translate(translate('[4,"7","NotSupported","no",{}]', { action: 'Reset', station: 'S' }));
    expect(translate(translate(fault))).toBe(fault);
  });

  test('an action tells the service', () => {
    expect(translate('[2,"7","DataTransfer",{"vendorId":"v"}]')).toContain('urn://Ocpp/Cs/2015/10/');
    expect(translate('[2,"7","ClearCache",{}]')).toContain('urn://Ocpp/Cp/2015/10/');
  });
});

describe('the older versions', () => {
  const occupied = (namespace: string) =>
    authorize
      .replace('2015/10', namespace)
      .replace(
        /<authorizeRequest>.*<\/authorizeRequest>/,
        '<statusNotificationRequest><connectorId>1</connectorId><status>Occupied</status><errorCode>Mode3Error</errorCode></statusNotificationRequest>',
      );

  test.each([
    ['1.5', '2012/06'],
    ['1.2', '2010/08'],
  ])('%s: the namespace tells the version; without memory, Occupied is Preparing', async (ocpp, namespace) => {
    expect(JSON.parse((await run([], occupied(namespace))).out)).toMatchObject({
      ocpp,
      action: 'StatusNotification',
      payload: { connectorId: 1, status: 'Preparing', errorCode: 'EVCommunicationError' },
    });
  });

  test('--ocpp tells the version of an envelope to write, and of a body without namespace', () => {
    const frame = '[2,"7","StatusNotification",{"connectorId":1,"status":"SuspendedEV","errorCode":"OverVoltage"}]';
    expect(translate(frame, { ocpp: '1.5' })).toContain(
      '<cs:status>Occupied</cs:status><cs:errorCode>OtherError</cs:errorCode><cs:info>OverVoltage</cs:info>',
    );
    const bare = occupied('2012/06').replace(' xmlns="urn://Ocpp/Cs/2012/06/"', '');
    expect(JSON.parse(translate(bare, { ocpp: '1.2' }))).toMatchObject({ ocpp: '1.2' });
  });

  test('a line of an older version becomes an envelope of that version, unless --ocpp says otherwise', () => {
    const older = line.replace('"1.6"', '"1.5"');
    expect(translate(older)).toContain('xmlns:cs="urn://Ocpp/Cs/2012/06/"');
    expect(translate(older, { ocpp: '1.2' })).toContain('xmlns:cs="urn://Ocpp/Cs/2010/08/"');
    expect(translate(translate(older))).toBe(older);
  });

  test('Pending becomes Rejected, the interval has another name, and 0 is no interval', () => {
    const conf = '[3,"7",{"status":"Pending","currentTime":"2024-03-01T09:15:00Z","interval":0}]';
    expect(translate(conf, { ocpp: '1.5', action: 'BootNotification' })).toContain(
      '<cs:status>Rejected</cs:status><cs:currentTime>2024-03-01T09:15:00Z</cs:currentTime><cs:heartbeatInterval>300</cs:heartbeatInterval>',
    );
  });
});

describe('what is not exactly translatable is refused: exit 1, one line on stderr', () => {
  const withStatus = (status: string, time = '2024-03-01T09:15:00Z') =>
    authorize.replace(
      /<authorizeRequest>.*<\/authorizeRequest>/,
      `<statusNotificationRequest><connectorId>1</connectorId><status>${status}</status><errorCode>NoError</errorCode><timestamp>${time}</timestamp></statusNotificationRequest>`,
    );

  test.each([
    [
      'an unknown enumeration value',
      withStatus('Occupied'),
      'PropertyConstraintViolation: status: "Occupied" is not a value of its enumeration',
    ],
    [
      'an impossible time',
      withStatus('Available', '2022-02-29T00:00:00Z'),
      'PropertyConstraintViolation: timestamp: "2022-02-29T00:00:00Z" is not a time',
    ],
    ['a missing field', authorize.replace('<idTag>0012</idTag>', ''), 'OccurrenceConstraintViolation: idTag: missing'],
    [
      'a document type',
      `<!DOCTYPE x>${authorize}`,
      'ProtocolError: refused XML: a document type or entity declaration',
    ],
    ['HTML', '<html><body>x</body></html>', 'ProtocolError: the root element is "html", not a SOAP Envelope'],
    [
      'another version',
      authorize.replace('2015/10', '2031/06'),
      'ProtocolError: the body\'s namespace "urn://Ocpp/Cs/2031/06/" is not one of OCPP',
    ],
    ['words', 'hello\nworld', 'ProtocolError: the frame is not JSON'],
    ['nothing', '', 'ProtocolError: neither a SOAP envelope nor an OCPP-J frame'],
    ['a later message type', '[6,"7","X",{}]', 'ProtocolError: neither a SOAP envelope nor an OCPP-J frame'],
    [
      'an unknown field',
      '[2,"7","Authorize",{"idTag":"A","x":1}]',
      'FormationViolation: Authorize.req: x is not a field of this message',
    ],
    ['an unknown action', '[2,"7","GetLog",{}]', 'NotImplemented: "GetLog" is not an action of OCPP 1.6'],
    [
      'a control character',
      '[2,"7","DataTransfer",{"vendorId":"v","data":"\\u0001"}]',
      'PropertyConstraintViolation: data: holds a character that XML cannot carry',
    ],
    [
      'a line without type',
      '{"action":"Reset","payload":{}}',
      'ProtocolError: type is neither request, response nor fault',
    ],
    ['a line without payload', '{"type":"request","action":"Reset"}', 'ProtocolError: payload is not an object'],
    ['a line of another version', line.replace('"1.6"', '"2.0.1"'), 'NotSupported: OCPP 2.0.1 is not spoken here'],
    ['half a line', '{"type":', 'ProtocolError: neither XML nor JSON'],
  ])('%s', async (_, input, message) => {
    expect(await run([], input)).toEqual({ code: 1, out: '', err: `ocpp-edge translate: ${message}\n` });
  });

  test.each([
    ['1.5', '[2,"7","TriggerMessage",{"requestedMessage":"Heartbeat"}]', 'TriggerMessage', 'ChargePoint'],
    ['1.2', '[2,"7","GetLocalListVersion",{}]', 'GetLocalListVersion', 'ChargePoint'],
    ['1.2', '[2,"7","DataTransfer",{"vendorId":"v"}]', 'DataTransfer', 'CentralSystem'],
  ])('an operation that OCPP %s does not have: %s', async (version, frame, action, service) => {
    expect((await run(['--ocpp', version], frame)).err).toBe(
      `ocpp-edge translate: NotSupported: ${action} is not in the ${service} service of OCPP ${version}\n`,
    );
  });

  test('a value that OCPP 1.5 has no word for', async () => {
    const frame = '[2,"7","FirmwareStatusNotification",{"status":"Downloading"}]';
    expect((await run(['--ocpp', '1.5'], frame)).err).toBe(
      'ocpp-edge translate: PropertyConstraintViolation: status: this version of OCPP has no word for Downloading\n',
    );
  });

  test('--to that the input is not for', async () => {
    expect((await run(['--to', 'soap'], authorize)).err).toBe(
      'ocpp-edge translate: ProtocolError: the frame is not JSON\n',
    );
    expect((await run(['--to', 'json'], line)).err).toMatch(/^ocpp-edge translate: ProtocolError: not well-formed XML/);
  });

  test('more input than any message', async () => {
    expect((await run([], 'x'.repeat(2_097_153))).err).toBe('ocpp-edge translate: more than 2097152 bytes\n');
  });
});

describe('a file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'translate-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read', async () => {
    const file = join(folder, 'authorize.xml');
    writeFileSync(file, authorize);
    expect(await run([file, '--to', 'json'])).toEqual({ code: 0, out: `${line}\n`, err: '' });
  });

  test('that is not there is one line', async () => {
    const { code, err } = await run([join(folder, 'nothing')]);
    expect(code).toBe(1);
    expect(err).toMatch(/^ocpp-edge translate: ENOENT[^\n]*\n$/);
  });
});

test.each([[['--to', 'xml']], [['--ocpp', '2.0.1']], [['--nonsense']], [['a', 'b']], [['--to']]])(
  'options %j are not understood: exit 2 with the usage',
  async (args) => {
    const { code, out, err } = await run(args, line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/\nusage: ocpp-edge translate .*\n$/);
  },
);

import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../../src/ocpp/errors.ts';
import type { FaultCondition } from '../../../src/ocpp-s/message.ts';
import {
  cp,
  cs,
  decodeFault,
  decodeRequest,
  decodeResponse,
  decodeUnreadable,
  envelope,
  inBody,
  soap,
  soap11,
  soap12,
} from './envelopes.ts';

const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;
const anonymous = 'http://www.w3.org/2005/08/addressing/anonymous';
const headers =
  '<c:chargeBoxIdentity>DEPOT-07</c:chargeBoxIdentity><a:MessageID>urn:uuid:7</a:MessageID><a:From><a:Address>http://10.20.0.7/cp</a:Address></a:From>';
const heartbeat = (namespace = cs) => envelope('<c:heartbeatRequest/>', headers).replace(cs, namespace);
const conf = { payload: { currentTime: '2024-03-01T09:15:00Z' }, messageId: 'urn:uuid:8', profile };

const headerOf = (xml: string) => /<env:Header>(.*)<\/env:Header>/.exec(xml)?.[1] ?? '';
const bodyOf = (xml: string) => /<env:Body>(.*)<\/env:Body>/.exec(xml)?.[1] ?? '';

describe('an answer mirrors its request', () => {
  const answer = (xml: string, more: object = {}) => soap.encodeResponse(decodeRequest(xml), { ...conf, ...more });

  test('with chargeBoxIdentity, Action, MessageID, RelatesTo and To, on one line', () => {
    const written = answer(heartbeat());
    expect(headerOf(written)).toBe(
      '<cs:chargeBoxIdentity>DEPOT-07</cs:chargeBoxIdentity><wsa:Action>/HeartbeatResponse</wsa:Action>' +
        `<wsa:MessageID>urn:uuid:8</wsa:MessageID><wsa:RelatesTo>urn:uuid:7</wsa:RelatesTo><wsa:To>${anonymous}</wsa:To>`,
    );
    expect(written.startsWith('<?xml version="1.0" encoding="UTF-8"?><env:Envelope ')).toBe(true);
    expect(written).not.toMatch(/[\n\t]|> /);
  });

  test('without RelatesTo when the request had no MessageID', () => {
    expect(headerOf(answer(inBody('heartbeatRequest')))).not.toContain('RelatesTo');
  });

  test('in the SOAP version of the request', () => {
    expect(answer(heartbeat())).toContain(`xmlns:env="${soap12}"`);
    expect(answer(heartbeat().replace(soap12, soap11))).toContain(`xmlns:env="${soap11}"`);
  });

  test.each([['urn://Ocpp/Cs/2015/10'], [cp], ['urn://ocpp/CS/2015/10/']])(
    'in the namespace %s as the request wrote it',
    (namespace) => {
      const written = answer(heartbeat(namespace));
      expect(written).toContain(`xmlns:cs="${namespace}"`);
      expect(decodeResponse(written)).toMatchObject({ action: 'Heartbeat', namespace });
    },
  );

  test('in the canonical namespace when the request had none', () => {
    expect(answer(envelope('<heartbeatRequest/>'))).toContain(`xmlns:cs="${cs}"`);
  });

  test('under the identity that the gateway knows', () => {
    expect(headerOf(answer(heartbeat(), { identity: 'depot-07 & <co>' }))).toContain(
      '>depot-07 &amp; &lt;co&gt;</cs:chargeBoxIdentity>',
    );
  });

  test("responseTo 'from' addresses the charger's own URL, when it gave one", () => {
    const from = { profile: { ...profile, responseTo: 'from' } };
    expect(headerOf(answer(heartbeat(), from))).toContain('<wsa:To>http://10.20.0.7/cp</wsa:To>');
    expect(headerOf(answer(inBody('heartbeatRequest'), from))).toContain(`<wsa:To>${anonymous}</wsa:To>`);
  });

  test("responseHeaders 'none' has no header at all", () => {
    const written = answer(heartbeat(), { profile: { ...profile, responseHeaders: 'none' } });
    expect(written).not.toMatch(/Header|wsa/);
    expect(decodeResponse(written)).toMatchObject({ addressing: {}, payload: conf.payload });
  });

  test('and what the peer wrote is escaped', () => {
    const evil = heartbeat().replace('urn:uuid:7', '&lt;/wsa:RelatesTo&gt;&amp;');
    expect(decodeResponse(answer(evil)).addressing.relatesTo).toBe('</wsa:RelatesTo>&');
  });

  test('a payload that is not of the schema is not written', () => {
    expect(() => answer(heartbeat(), { payload: {} })).toThrow('currentTime: missing');
  });
});

describe('a call of ours', () => {
  const call = (more: object = {}) =>
    soap.encodeRequest({
      ocpp: '1.6',
      service: 'ChargePoint',
      action: 'Reset',
      payload: { type: 'Soft' },
      identity: 'DEPOT-07',
      messageId: 'urn:uuid:9',
      from: 'http://gw/ocpp?a=1&b=2',
      to: 'http://10.20.0.7/cp',
      mustUnderstand: false,
      ...more,
    });

  test('has all headers of OCPP-S 1.6 §3, with an anonymous ReplyTo', () => {
    expect(call()).toContain(`<env:Envelope xmlns:env="${soap12}" `);
    expect(headerOf(call())).toBe(
      '<cp:chargeBoxIdentity>DEPOT-07</cp:chargeBoxIdentity><wsa:Action>/Reset</wsa:Action><wsa:MessageID>urn:uuid:9</wsa:MessageID>' +
        '<wsa:From><wsa:Address>http://gw/ocpp?a=1&amp;b=2</wsa:Address></wsa:From>' +
        `<wsa:ReplyTo><wsa:Address>${anonymous}</wsa:Address></wsa:ReplyTo><wsa:To>http://10.20.0.7/cp</wsa:To>`,
    );
    expect(bodyOf(call())).toBe('<cp:resetRequest><cp:type>Soft</cp:type></cp:resetRequest>');
  });

  test('marks identity and Action as mandatory when the profile says so', () => {
    const header = headerOf(call({ mustUnderstand: true }));
    expect(header.match(/<[^ <]+ env:mustUnderstand="true"/g)).toEqual([
      '<cp:chargeBoxIdentity env:mustUnderstand="true"',
      '<wsa:Action env:mustUnderstand="true"',
    ]);
  });

  test('of an action that the service lacks is not written', () => {
    expect(() => call({ action: 'GetLog' })).toThrow('GetLog is not in the ChargePoint service of OCPP 1.6');
    expect(() => call({ ocpp: '1.2', action: 'ReserveNow' })).toThrow(
      'ReserveNow is not in the ChargePoint service of OCPP 1.2',
    );
  });
});

describe('a fault', () => {
  const about = () => decodeUnreadable(envelope('<c:authorizeRequest/>', headers));
  const write = (condition: FaultCondition, more: object = {}) =>
    soap.encodeFault(about(), { condition, reason: 'because', messageId: 'urn:uuid:8', profile, ...more });

  test('carries Code, Subcode and Reason in the order of SOAP 1.2 Part 1 §5.4', () => {
    expect(bodyOf(write('SecurityError'))).toBe(
      '<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>cs:SecurityError</env:Value></env:Subcode></env:Code>' +
        '<env:Reason><env:Text xml:lang="en">because</env:Text></env:Reason></env:Fault>',
    );
    expect(headerOf(write('SecurityError'))).toContain('<wsa:Action>/AuthorizeResponse</wsa:Action>');
    expect(headerOf(write('SecurityError'))).toContain('<wsa:RelatesTo>urn:uuid:7</wsa:RelatesTo>');
  });

  test('in SOAP 1.1 carries faultcode and faultstring', () => {
    const mirrored = decodeUnreadable(envelope('<c:authorizeRequest/>').replace(soap12, soap11));
    const written = soap.encodeFault(mirrored, { condition: 'NotSupported', reason: 'no', messageId: '8', profile });
    expect(written).toContain(`xmlns:env="${soap11}"`);
    expect(bodyOf(written)).toBe(
      '<env:Fault><faultcode>env:Server.NotSupported</faultcode><faultstring xml:lang="en">no</faultstring></env:Fault>',
    );
  });

  test.each(errorCodes.map((code) => [code]))('about %s is read again as what its subcode means', (code) => {
    const subcodes: Partial<Record<string, string>> = { NotImplemented: 'NotSupported', GenericError: 'InternalError' };
    const expected = code.endsWith('Violation') ? 'ProtocolError' : (subcodes[code] ?? code);
    for (const namespace of [soap12, soap11]) {
      const request = decodeUnreadable(envelope('<c:authorizeRequest/>').replace(soap12, namespace));
      const written = soap.encodeFault(request, { condition: code, reason: 'no', messageId: '8', profile });
      expect(decodeFault(written).code).toBe(expected);
    }
  });

  test('about a message of which nothing was understood', () => {
    const written = soap.encodeFault(decodeUnreadable('<html/>'), {
      condition: 'ProtocolError',
      reason: 'no',
      messageId: '8',
      profile,
    });
    expect(written).toContain(`xmlns:cs="${cs}"`);
    expect(headerOf(written)).toBe(
      '<wsa:Action>http://www.w3.org/2005/08/addressing/soap/fault</wsa:Action><wsa:MessageID>8</wsa:MessageID>' +
        `<wsa:To>${anonymous}</wsa:To>`,
    );
    expect(decodeFault(written).code).toBe('ProtocolError');
  });

  test('about another version of SOAP has no subcode', () => {
    const request = decodeUnreadable('<Envelope xmlns="urn:x"/>');
    const written = soap.encodeFault(request, { condition: request.condition, reason: 'no', messageId: '8', profile });
    expect(bodyOf(written)).toContain('<env:Code><env:Value>env:VersionMismatch</env:Value></env:Code>');
  });

  test('can be written whatever its reason quotes', () => {
    const written = write('ProtocolError', { reason: 'a < b & c\u0000\ud800\u0085😀' });
    expect(decodeFault(written).reason).toBe('a < b & c??\u0085😀');
  });
});

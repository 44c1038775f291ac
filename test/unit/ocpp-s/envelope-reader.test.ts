import { describe, expect, test } from 'vitest';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import { compileSoap } from '../../../src/ocpp-s/soap.ts';
import { pullDecoder } from '../../../src/ocpp-s/xml/pull.ts';
import {
  anomalyKindsOf,
  cp,
  cs,
  decodeFault,
  decodeRequest,
  decodeResponse,
  decodeUnreadable,
  envelope,
  errorOf,
  inBody,
  soap,
  soap11,
  soap12,
} from './envelopes.ts';

const heartbeat = '<c:heartbeatRequest/>';
const addressing = 'http://www.w3.org/2005/08/addressing';

describe('any prefix will do, and none', () => {
  test.each([
    [
      'soap',
      `<soap:Envelope xmlns:soap="${soap12}"><soap:Body><q:heartbeatRequest xmlns:q="${cs}"/></soap:Body></soap:Envelope>`,
    ],
    [
      'SOAP-ENV',
      `<SOAP-ENV:Envelope xmlns:SOAP-ENV="${soap12}"><SOAP-ENV:Header/><SOAP-ENV:Body><ns1:heartbeatRequest xmlns:ns1="${cs}"></ns1:heartbeatRequest></SOAP-ENV:Body></SOAP-ENV:Envelope>`,
    ],
    [
      'default for the envelope',
      `<Envelope xmlns="${soap12}"><Body><heartbeatRequest xmlns="${cs}"/></Body></Envelope>`,
    ],
    [
      'default for the body',
      `<s:Envelope xmlns:s="${soap12}" xmlns="${cs}"><s:Body><heartbeatRequest/></s:Body></s:Envelope>`,
    ],
    ['after a byte order mark and blank lines', `\ufeff\r\n\n<?xml version="1.0"?>\n${envelope(heartbeat)}`],
    ['with comments everywhere', `<!--a-->${envelope(`<!--b-->${heartbeat}<!--c-->`, '<!--d-->')}<!--e-->`],
    [
      'as single quotes and line ends',
      `<s:Envelope\n xmlns:s = '${soap12}'\n><s:Body\n><c:heartbeatRequest xmlns:c='${cs}' /></s:Body></s:Envelope\n>\n`,
    ],
  ])('%s', (_, xml) => {
    expect(decodeRequest(xml)).toEqual({
      kind: 'request',
      soap: '1.2',
      addressing: {},
      ocpp: '1.6',
      service: 'CentralSystem',
      namespace: cs,
      action: 'Heartbeat',
      payload: {},
      anomalies: [],
    });
  });
});

describe('headers are known by local name, in any case and any namespace', () => {
  const full = {
    identity: 'DEPOT-07',
    action: '/Heartbeat',
    messageId: 'urn:uuid:1',
    relatesTo: 'urn:uuid:0',
    from: 'http://10.20.0.7:8081/cp',
    replyTo: 'http://10.20.0.8/cp',
    to: 'http://gw/ocpp',
  };

  test.each([
    ['2005/08', addressing, (url: string) => `<w:Address>${url}</w:Address>`],
    [
      '2004/08',
      'http://schemas.xmlsoap.org/ws/2004/08/addressing',
      (url: string) => `\n <w:Address> ${url}\n</w:Address>\n`,
    ],
    ['the OCPP namespace', cs, (url: string) => `<w:address>${url}</w:address>`],
    ['an address as text', addressing, (url: string) => ` ${url} `],
    ['an address in another namespace', addressing, (url: string) => `<c:Address>${url}</c:Address>`],
  ])('%s', (_, namespace, address) => {
    const header =
      ` <w:CHARGEBOXIDENTITY xmlns:w="${cp}"> DEPOT-07\n</w:CHARGEBOXIDENTITY><w:action> /Heartbeat </w:action>` +
      `<w:MessageId>urn:uuid:1</w:MessageId><w:RelatesTo>urn:uuid:0</w:RelatesTo><w:From>${address(full.from)}</w:From>` +
      `<w:ReplyTo>${address(full.replyTo)}</w:ReplyTo><w:To>${address(full.to)}</w:To>`;
    const xml = envelope(heartbeat, header).replace('<s:Header>', `<s:Header xmlns:w="${namespace}">`);
    expect(decodeRequest(xml).addressing).toEqual(full);
  });

  test('what is empty is absent', () => {
    const header = '<c:chargeBoxIdentity> </c:chargeBoxIdentity><a:MessageID/><a:From><a:Address/></a:From>';
    expect(decodeRequest(envelope(heartbeat, header)).addressing).toEqual({});
  });

  test('of a header that is there twice the first counts, but two identities are refused', () => {
    const id = (text: string) => `<c:chargeBoxIdentity>${text}</c:chargeBoxIdentity>`;
    const twice = '<a:MessageID>1</a:MessageID><a:MessageID>2</a:MessageID>';
    expect(decodeRequest(envelope(heartbeat, twice + id('A') + id('A'))).addressing).toEqual({
      messageId: '1',
      identity: 'A',
    });
    expect(errorOf(decodeUnreadable(envelope(heartbeat, id('A') + id('B'))))).toEqual({
      code: 'ProtocolError',
      message: 'two different chargeBoxIdentity headers',
    });
  });

  test.each([
    ['/Heartbeat', []],
    ['Heartbeat', []],
    ['/heartbeatRequest', []],
    ['urn://Ocpp/Cs/2015/10/CentralSystemService/Heartbeat', []],
    ['/Authorize', ['actionMismatch']],
    ['/HeartbeatResponse', ['actionMismatch']],
  ])('wsa:Action %s of a heartbeat: only the last segment counts, and the body decides', (action, kinds) => {
    const message = decodeRequest(envelope(heartbeat, `<a:Action>${action}</a:Action>`));
    expect(message.action).toBe('Heartbeat');
    expect(anomalyKindsOf(message)).toEqual(kinds);
  });

  test.each([['/HeartbeatResponse'], ['urn://Ocpp/Cs/2010/08/CentralSystemService/HeartbeatResponse']])(
    'wsa:Action %s of an answer',
    (action) => {
      const body = '<c:heartbeatResponse><c:currentTime>2024-03-01T09:15:00Z</c:currentTime></c:heartbeatResponse>';
      expect(decodeResponse(envelope(body, `<a:Action>${action}</a:Action>`)).anomalies).toEqual([]);
    },
  );

  test('an unknown mandatory header is read as if it were not there, and noted', () => {
    const header =
      '<x:Security xmlns:x="urn:x" s:mustUnderstand="true"/><x:Other xmlns:x="urn:x" s:mustUnderstand="false"/>';
    expect(
      decodeRequest(envelope(heartbeat, `${header}<a:Action s:mustUnderstand="1">/Heartbeat</a:Action>`)).anomalies,
    ).toEqual([{ kind: 'mandatoryHeaderIgnored', path: [], text: 'Security' }]);
  });
});

describe('the namespace of the body tells version and service', () => {
  const inNamespace = (namespace: string, wrapper = 'heartbeatRequest') =>
    envelope(`<x:${wrapper} xmlns:x="${namespace}"/>`);

  test.each([[cs], ['urn://Ocpp/Cs/2015/10'], ['urn://ocpp/cs/2015/10/']])(
    '%s is kept as it was written',
    (namespace) => {
      expect(decodeRequest(inNamespace(namespace))).toMatchObject({
        ocpp: '1.6',
        service: 'CentralSystem',
        namespace,
        anomalies: [],
      });
    },
  );

  test('Cp on an operation of the central system is read, and noted', () => {
    expect(decodeRequest(inNamespace(cp))).toMatchObject({
      service: 'CentralSystem',
      namespace: cp,
      anomalies: [{ kind: 'wrongServiceNamespace', path: [], text: cp }],
    });
  });

  test('DataTransfer is of the service that the reader plays, else of the one that its namespace names', () => {
    const xml = envelope('<p:dataTransferRequest><p:vendorId>v</p:vendorId></p:dataTransferRequest>');
    expect(soap.decode(xml, { service: 'CentralSystem' })).toMatchObject({
      service: 'CentralSystem',
      namespace: cp,
      anomalies: [{ kind: 'wrongServiceNamespace' }],
    });
    expect(soap.decode(xml)).toMatchObject({ service: 'ChargePoint', anomalies: [] });
  });

  test('no namespace at all: the operation by its name alone', () => {
    expect(decodeRequest(envelope('<authorizeRequest><idTag>A</idTag></authorizeRequest>'))).toMatchObject({
      action: 'Authorize',
      namespace: cs,
      payload: { idTag: 'A' },
      anomalies: [{ kind: 'noNamespace', path: [], text: 'authorizeRequest' }],
    });
  });

  test.each([
    ['heartbeat', 'Heartbeat'],
    ['HeartbeatRequest', 'Heartbeat'],
    ['HEARTBEATREQUEST', 'Heartbeat'],
  ])('the element %s', (wrapper, action) => {
    expect(decodeRequest(inNamespace(cs, wrapper)).action).toBe(action);
  });

  test.each([
    [
      'another namespace',
      inNamespace('urn:other'),
      'ProtocolError',
      `the body's namespace "urn:other" is not one of OCPP`,
    ],
    [
      'another year',
      inNamespace('urn://Ocpp/Cs/2016/10/'),
      'ProtocolError',
      `the body's namespace "urn://Ocpp/Cs/2016/10/" is not one of OCPP`,
    ],
    [
      'an unknown operation',
      inNamespace(cs, 'getLogRequest'),
      'NotImplemented',
      '"getLogRequest" is not an operation of OCPP 1.6',
    ],
    ['no body', `<s:Envelope xmlns:s="${soap12}"/>`, 'ProtocolError', 'the envelope has no body, or nothing in it'],
    [
      'a body of nobody',
      `<s:Envelope xmlns:s="${soap12}"><Body>${heartbeat.replace('c:', '')}</Body></s:Envelope>`,
      'ProtocolError',
      'the envelope has no body, or nothing in it',
    ],
    ['an empty body', envelope(''), 'ProtocolError', 'the envelope has no body, or nothing in it'],
    ['two elements', envelope(heartbeat + heartbeat), 'ProtocolError', 'more than one element in the body'],
    [
      'an HTML page',
      '<html><body>Please log in</body></html>',
      'ProtocolError',
      'the root element is "html", not a SOAP Envelope',
    ],
    ['no XML', 'Bad Gateway', 'ProtocolError', 'not well-formed XML: no root element'],
    ['nothing', '', 'ProtocolError', 'not well-formed XML: no root element'],
  ])('%s is refused', (_, xml, code, message) => {
    expect(errorOf(decodeUnreadable(xml))).toEqual({ code, message });
  });

  test('a version that is not loaded is refused', () => {
    const newest = compileSoap([centralSystem, chargePoint], pullDecoder);
    const message = newest.decode(inNamespace('urn://Ocpp/Cs/2012/06/'));
    if (message.kind !== 'unreadable') throw new Error(`a ${message.kind}`);
    expect(errorOf(message)).toEqual({ code: 'NotSupported', message: 'OCPP 1.5 is not served here' });
  });

  test("a service serves its own operations only, whatever the body's namespace", () => {
    const reset = inNamespace(cp, 'resetRequest');
    expect(soap.decode(reset, { service: 'CentralSystem' })).toMatchObject({
      kind: 'unreadable',
      condition: 'NotSupported',
      service: 'CentralSystem',
      namespace: cp,
    });
  });
});

describe('the SOAP version is told by the envelope', () => {
  test('SOAP 1.1 is served', () => {
    expect(decodeRequest(envelope(heartbeat).replace(soap12, soap11)).soap).toBe('1.1');
  });

  test.each([
    ['<s:Envelope xmlns:s="http://www.w3.org/2001/12/soap-envelope"><s:Body/></s:Envelope>'],
    ['<Envelope xmlns="urn:x"/>'],
    ['<Envelope/>'],
  ])('%s is a VersionMismatch (SOAP 1.2 Part 1 §5.4.7)', (xml) => {
    expect(decodeUnreadable(xml)).toMatchObject({ condition: 'VersionMismatch', soap: '1.2', addressing: {} });
  });
});

describe('what could not be read says all that was understood before', () => {
  test('enough for a fault with RelatesTo, in the same SOAP version and namespace', () => {
    const header = '<a:MessageID>urn:uuid:7</a:MessageID><c:chargeBoxIdentity>DEPOT-07</c:chargeBoxIdentity>';
    const xml = envelope('<c:authorizeRequest/>', header).replace(soap12, soap11);
    const { error, ...understood } = decodeUnreadable(xml);
    expect(error.message).toBe('idTag: missing');
    expect(understood).toEqual({
      kind: 'unreadable',
      condition: 'OccurrenceConstraintViolation',
      soap: '1.1',
      addressing: { messageId: 'urn:uuid:7', identity: 'DEPOT-07' },
      ocpp: '1.6',
      service: 'CentralSystem',
      namespace: cs,
      action: 'Authorize',
    });
  });

  test('of an unknown operation, its addressing and its namespace', () => {
    const message = decodeUnreadable(envelope('<c:getLogRequest/>', '<a:MessageID>7</a:MessageID>'));
    expect(message).toMatchObject({ addressing: { messageId: '7' }, namespace: cs, ocpp: '1.6' });
    expect(message).not.toHaveProperty('action');
  });
});

describe('a fault is read in every form that is seen', () => {
  const fault12 = (code: string, subcode = '') =>
    envelope(
      `<s:Fault><s:Code><s:Value>${code}</s:Value>${subcode}</s:Code><s:Reason><s:Text xml:lang="en">no &amp; no</s:Text></s:Reason></s:Fault>`,
    );
  const subcode = (name: string) => `<s:Subcode><s:Value>${name}</s:Value></s:Subcode>`;

  test.each([
    ['Sender/SecurityError', fault12('s:Sender', subcode('c:SecurityError')), 'SecurityError'],
    ['Sender/IdentityMismatch', fault12('s:Sender', subcode('c:IdentityMismatch')), 'IdentityMismatch'],
    ['Sender/ProtocolError', fault12('s:Sender', subcode('c:ProtocolError')), 'ProtocolError'],
    ['Receiver/InternalError', fault12('s:Receiver', subcode('c:InternalError')), 'InternalError'],
    ['Receiver/NotSupported', fault12('s:Receiver', subcode('c:NotSupported')), 'NotSupported'],
    ['a subcode without prefix', fault12('s:Receiver', subcode('NotSupported')), 'NotSupported'],
    ['wsa:ActionNotSupported', fault12('s:Sender', subcode('a:ActionNotSupported')), 'NotSupported'],
    ['UrlMismatch', fault12('s:Sender', subcode('c:UrlMismatch')), 'GenericError'],
    [
      'wsa:InvalidAddressingHeader with a subcode',
      fault12(
        's:Sender',
        `<s:Subcode><s:Value>a:InvalidAddressingHeader</s:Value>${subcode('a:InvalidCardinality')}</s:Subcode>`,
      ),
      'ProtocolError',
    ],
    ['no subcode, Sender', fault12('s:Sender'), 'GenericError'],
    ['no subcode, Receiver', fault12('s:Receiver'), 'InternalError'],
    ['an unknown subcode', fault12('s:Receiver', subcode('c:Tired')), 'InternalError'],
    ['MustUnderstand', fault12('s:MustUnderstand'), 'ProtocolError'],
    ['VersionMismatch', fault12('s:VersionMismatch'), 'ProtocolError'],
    ['an unknown code', fault12('x'), 'GenericError'],
  ])('SOAP 1.2, %s', (_, xml, code) => {
    expect(decodeFault(xml)).toMatchObject({ kind: 'fault', soap: '1.2', code, reason: 'no & no' });
  });

  const fault11 = (faultcode: string) =>
    envelope(`<s:Fault><faultcode>${faultcode}</faultcode><faultstring>no</faultstring></s:Fault>`);

  test.each([
    ['s:Client', 'GenericError', 'Client', undefined],
    ['s:Server', 'InternalError', 'Server', undefined],
    ['s:Client.SecurityError', 'SecurityError', 'Client', 'SecurityError'],
    ['c:NotSupported', 'NotSupported', 'NotSupported', undefined],
    ['500', 'GenericError', '500', undefined],
    ['', 'GenericError', '', undefined],
  ])('SOAP 1.1 in either envelope, faultcode %s', (faultcode, code, soapCode, soapSubcode) => {
    for (const namespace of [soap11, soap12]) {
      const fault = decodeFault(fault11(faultcode).replace(soap12, namespace));
      expect(fault).toMatchObject({ code, soapCode, reason: 'no' });
      expect(fault.soapSubcode).toBe(soapSubcode);
    }
  });

  test('without a reason', () => {
    expect(decodeFault(envelope('<s:Fault/>'))).toMatchObject({ code: 'GenericError', reason: 'no reason given' });
  });

  test('with the addressing of its envelope', () => {
    const xml = fault12('s:Sender').replace('<s:Header>', '<s:Header><a:RelatesTo>7</a:RelatesTo>');
    expect(decodeFault(xml).addressing).toEqual({ relatesTo: '7' });
  });
});

test('row 16-28 of bad inputs: the next good message is read as ever', () => {
  decodeUnreadable(inBody('authorizeRequest', '<c:idTag><x/></c:idTag>'));
  expect(decodeRequest(inBody('authorizeRequest', '<c:idTag>A</c:idTag>')).payload).toEqual({ idTag: 'A' });
});

import { describe, expect, test } from 'vitest';
import {
  anomalyKindsOf,
  decodeRequest,
  decodeResponse,
  decodeUnreadable,
  envelope,
  errorOf,
  inBody,
} from './envelopes.ts';

const authorize = (idTag: string) => inBody('authorizeRequest', idTag);
const start = (meterStart: string, more = '') =>
  inBody(
    'startTransactionRequest',
    `<c:connectorId>1</c:connectorId><c:idTag>AB</c:idTag><c:timestamp>2024-03-01T09:15:00Z</c:timestamp>` +
      `<c:meterStart>${meterStart}</c:meterStart>${more}`,
  );
const status = (fields: string) =>
  inBody('statusNotificationRequest', `<c:connectorId>1</c:connectorId><c:status>Available</c:status>${fields}`);
const meterValues = (sampled: string, transactionId = '<c:transactionId>88</c:transactionId>') =>
  inBody(
    'meterValuesRequest',
    `<c:connectorId>1</c:connectorId>${transactionId}<c:meterValue><c:timestamp>2024-03-01T09:15:00Z</c:timestamp>${sampled}</c:meterValue>`,
  );
const sampled = (fields: string) => `<c:sampledValue>${fields}</c:sampledValue>`;
const noError = '<c:errorCode>NoError</c:errorCode>';

const payloadOf = (xml: string) => decodeRequest(xml).payload;
const refusal = (xml: string) => errorOf(decodeUnreadable(xml));

describe('an id is text and nothing else', () => {
  test.each([
    ['0012', '0012'],
    ['12E5', '12E5'],
    ['04e2', '04e2'],
    ['1e5', '1e5'],
    ['0x1F', '0x1F'],
    ['true', 'true'],
    ['  AB ', 'AB'],
    ['&lt;script&gt;', '<script>'],
    ["'; drop", "'; drop"],
    ['😀🚗', '😀🚗'],
    ['<![CDATA[A<B]]>', 'A<B'],
    ['A<!-- -->B', 'AB'],
    ['&#65;B', 'AB'],
    ['12345678901234567890', '12345678901234567890'],
    ['😀'.repeat(20), '😀'.repeat(20)],
  ])('%s', (text, idTag) => {
    expect(payloadOf(authorize(`<c:idTag>${text}</c:idTag>`))).toEqual({ idTag });
  });
});

describe('what breaks the schema is refused with the field that does', () => {
  test.each([
    ['a missing field', authorize(''), 'OccurrenceConstraintViolation', 'idTag: missing'],
    [
      'twice',
      authorize('<c:idTag>A</c:idTag><c:idTag>A</c:idTag>'),
      'OccurrenceConstraintViolation',
      'idTag: more than once',
    ],
    [
      'twice, once empty',
      status(`${noError}<c:info/><c:info>x</c:info>`),
      'OccurrenceConstraintViolation',
      'info: more than once',
    ],
    [
      'nested',
      authorize('<c:idTag><c:idTag>A</c:idTag></c:idTag>'),
      'TypeConstraintViolation',
      'idTag: elements where text is expected',
    ],
    [
      '21 characters',
      authorize('<c:idTag>123456789012345678901</c:idTag>'),
      'PropertyConstraintViolation',
      'idTag: more than 20 characters',
    ],
    [
      'text in a record',
      meterValues('18<c:x/>'),
      'TypeConstraintViolation',
      'meterValue[0]: text where elements are expected',
    ],
    ['an empty integer', start(''), 'OccurrenceConstraintViolation', 'meterStart: missing'],
    [
      'an empty enumeration',
      status('<c:errorCode> </c:errorCode>'),
      'OccurrenceConstraintViolation',
      'errorCode: missing',
    ],
    ['words for a number', start('18x'), 'TypeConstraintViolation', 'meterStart: "18x" is not an integer'],
    ['hexadecimal', start('0x1'), 'TypeConstraintViolation', 'meterStart: "0x1" is not an integer'],
    ['33 bit', start('2147483648'), 'PropertyConstraintViolation', 'meterStart: "2147483648" does not fit into 32 bit'],
    [
      'a fraction',
      start('1', '<c:reservationId>12.7</c:reservationId>'),
      'TypeConstraintViolation',
      'reservationId: "12.7" is not an integer',
    ],
    ['an empty record', meterValues(''), 'OccurrenceConstraintViolation', 'meterValue[0].sampledValue: missing'],
    [
      'deep inside',
      meterValues(sampled('<c:value>1</c:value>') + sampled('<c:unit>Wh</c:unit>')),
      'OccurrenceConstraintViolation',
      'meterValue[0].sampledValue[1].value: missing',
    ],
  ])('%s', (_, xml, code, message) => {
    expect(refusal(xml)).toEqual({ code, message });
    expect(decodeUnreadable(xml).error.details).toEqual({ field: message.slice(0, message.indexOf(':')) });
  });

  test('a value that a message quotes is cut short and stays on one line', () => {
    const { message } = refusal(start(`x\n${'y'.repeat(100_000)}`));
    expect(message).toBe(`meterStart: "x\\n${'y'.repeat(38)}…" is not an integer`);
  });
});

describe('names of JavaScript objects are unknown elements', () => {
  test.each([['toString'], ['hasOwnProperty'], ['valueOf'], ['isPrototypeOf']])('%s', (name) => {
    const { payload, anomalies } = decodeRequest(authorize(`<c:idTag>A</c:idTag><c:${name}>x</c:${name}>`));
    expect(payload).toEqual({ idTag: 'A' });
    expect(anomalies).toEqual([{ kind: 'unknownElement', path: [name], text: 'x' }]);
  });

  test.each([['__proto__'], ['constructor'], ['prototype']])('%s, prefixed or not, changes no object', (name) => {
    for (const element of [`c:${name}`, name]) {
      const message = decodeSomehow(authorize(`<c:idTag>A</c:idTag><${element}><c:idTag>B</c:idTag></${element}>`));
      expect(message).toMatch(/^(ProtocolError|unknownElement)$/);
    }
    expect(Object.hasOwn({}, 'idTag')).toBe(false);
  });

  function decodeSomehow(xml: string): string {
    try {
      return anomalyKindsOf(decodeRequest(xml)).join(' ');
    } catch {
      return errorOf(decodeUnreadable(xml)).code;
    }
  }
});

describe('structure is read leniently', () => {
  test('children in any order, in any namespace of OCPP or none', () => {
    const fields =
      '<meterStart>5</meterStart><c:timestamp>2024-03-01T09:15:00Z</c:timestamp><p:idTag>AB</p:idTag><c:connectorId>1</c:connectorId>';
    expect(decodeRequest(inBody('startTransactionRequest', fields))).toMatchObject({
      payload: { connectorId: 1, idTag: 'AB', timestamp: '2024-03-01T09:15:00Z', meterStart: 5 },
      anomalies: [],
    });
  });

  test("an element of somebody else's namespace is not ours, whatever its name", () => {
    const foreign = '<x:idTag xmlns:x="urn:vendor">EVIL</x:idTag>';
    expect(decodeRequest(authorize(`${foreign}<c:idTag>A</c:idTag>`))).toMatchObject({
      payload: { idTag: 'A' },
      anomalies: [{ kind: 'unknownElement', path: ['idTag'], text: 'EVIL' }],
    });
    expect(refusal(authorize(foreign)).code).toBe('OccurrenceConstraintViolation');
  });

  test('unknown elements are dropped and noted, at any depth', () => {
    const xml = meterValues(sampled('<c:value>1</c:value><c:signature>s</c:signature>'));
    expect(decodeRequest(xml).anomalies).toEqual([
      { kind: 'unknownElement', path: ['meterValue', 0, 'sampledValue', 0, 'signature'], text: 's' },
    ]);
  });

  test('one item is a list by the schema, not by the count', () => {
    const one = payloadOf(meterValues(sampled('<c:value>1</c:value>')));
    expect(one).toMatchObject({ meterValue: [{ sampledValue: [{ value: '1' }] }] });
    const configuration = decodeResponse(
      envelope('<p:getConfigurationResponse><p:unknownKey>A</p:unknownKey></p:getConfigurationResponse>'),
    );
    expect(configuration.payload).toEqual({ unknownKey: ['A'] });
  });

  test('an empty optional element is absent, an empty required text is empty', () => {
    const boot =
      '<c:chargePointVendor/><c:chargePointModel> </c:chargePointModel><c:iccid/><c:imsi></c:imsi><c:meterType> </c:meterType>';
    expect(payloadOf(inBody('bootNotificationRequest', boot))).toEqual({ chargePointVendor: '', chargePointModel: '' });
  });

  test.each([['true'], ['1']])('xsi:nil="%s" is absent', (nil) => {
    const info = `<c:info xsi:nil="${nil}"/>`;
    expect(payloadOf(status(noError + info))).toEqual({ connectorId: 1, status: 'Available', errorCode: 'NoError' });
    expect(refusal(authorize(`<c:idTag xsi:nil="${nil}"/>`)).code).toBe('OccurrenceConstraintViolation');
  });

  test('attributes of other kinds mean nothing', () => {
    expect(payloadOf(authorize('<c:idTag xsi:type="c:IdToken" s:encodingStyle="x">A</c:idTag>'))).toEqual({
      idTag: 'A',
    });
  });

  test('an empty request is an empty payload', () => {
    expect(payloadOf(inBody('heartbeatRequest'))).toEqual({});
    expect(payloadOf(inBody('heartbeatRequest', ' \n '))).toEqual({});
  });

  test('a MeterValues without any value has no list', () => {
    expect(payloadOf(inBody('meterValuesRequest', '<c:connectorId>1</c:connectorId>'))).toEqual({ connectorId: 1 });
  });
});

describe('integers', () => {
  test.each([
    ['+007', 7, []],
    [' 12 ', 12, []],
    ['-1', -1, []],
    ['12.0', 12, ['decimalForInteger']],
    ['12.7', 13, ['decimalForInteger']],
    ['12.4', 12, ['decimalForInteger']],
    ['183<!--x-->0000', 1_830_000, []],
  ])('meterStart %s', (text, meterStart, kinds) => {
    const message = decodeRequest(start(text));
    expect(message.payload['meterStart']).toBe(meterStart);
    expect(anomalyKindsOf(message)).toEqual(kinds);
  });

  test('a transactionId beyond 32 bit is left out of MeterValues, and noted', () => {
    const xml = meterValues(sampled('<c:value>1</c:value>'), '<c:transactionId>9223372036854775807</c:transactionId>');
    const { payload, anomalies } = decodeRequest(xml);
    expect(payload).not.toHaveProperty('transactionId');
    expect(anomalies).toEqual([
      { kind: 'transactionIdOutOfRange', path: ['transactionId'], text: '9223372036854775807' },
    ]);
  });

  test.each([
    ['9223372036854775807', 'PropertyConstraintViolation'],
    ['0x1', 'TypeConstraintViolation'],
  ])('a StopTransaction with the transactionId %s is refused: it says nothing without it', (text, code) => {
    const fields = `<c:transactionId>${text}</c:transactionId><c:timestamp>2024-03-01T09:15:00Z</c:timestamp><c:meterStop>1</c:meterStop>`;
    expect(refusal(inBody('stopTransactionRequest', fields)).code).toBe(code);
  });

  test.each([
    ['-1', -1, []],
    ['1.0', 1, ['decimalForInteger']],
  ])('transactionId %s', (text, transactionId, kinds) => {
    const message = decodeRequest(
      meterValues(sampled('<c:value>1</c:value>'), `<c:transactionId>${text}</c:transactionId>`),
    );
    expect(message.payload).toMatchObject({ transactionId });
    expect(anomalyKindsOf(message)).toEqual(kinds);
  });
});

describe('times', () => {
  const at = (timestamp: string) => status(`${noError}<c:timestamp>${timestamp}</c:timestamp>`);

  test.each([
    ['2024-03-01T09:15:00+02:00', '2024-03-01T07:15:00Z', []],
    ['2024-03-01T09:15:00.123456Z', '2024-03-01T09:15:00Z', []],
    [' 2024-03-01T09:15:00Z ', '2024-03-01T09:15:00Z', []],
    ['2024-03-01T09:15:00', '2024-03-01T09:15:00Z', ['timeWithoutZone']],
    ['2022-02-29T09:15:00Z', '2022-02-29T09:15:00Z', ['impossibleTime']],
    ['1709284500', '1709284500', ['impossibleTime']],
    ['', undefined, []],
  ])('%s', (text, timestamp, kinds) => {
    const message = decodeRequest(at(text));
    expect(message.payload['timestamp']).toBe(timestamp);
    expect(anomalyKindsOf(message)).toEqual(kinds);
  });
});

describe('enumerations', () => {
  const unit = (text: string) => meterValues(sampled(`<c:value>1</c:value><c:unit>${text}</c:unit>`));
  const unitOf = (xml: string) => payloadOf(xml)['meterValue'];

  test.each([
    ['wh', 'Wh'],
    [' KVARH ', 'kvarh'],
    ['Celsius', 'Celsius'],
    ['Celcius', 'Celsius'],
    ['Hertz', 'Hertz'],
  ])('unit %s', (text, expected) => {
    expect(unitOf(unit(text))).toMatchObject([{ sampledValue: [{ unit: expected }] }]);
    expect(decodeRequest(unit(text)).anomalies).toEqual([]);
  });

  test('an unknown value stays as it came, and is noted', () => {
    const { payload, anomalies } = decodeRequest(status('<c:errorCode> Mode3Error </c:errorCode>'));
    expect(payload['errorCode']).toBe('Mode3Error');
    expect(anomalies).toEqual([{ kind: 'unknownEnum', path: ['errorCode'], text: 'Mode3Error' }]);
  });

  test('only the units have the spellings of the JSON schemas', () => {
    expect(anomalyKindsOf(decodeRequest(status('<c:errorCode>Celcius</c:errorCode>')))).toEqual(['unknownEnum']);
  });
});

describe('decimals and booleans', () => {
  const schedule = (limit: string) =>
    envelope(
      '<p:getCompositeScheduleResponse><p:status>Accepted</p:status><p:chargingSchedule><p:chargingRateUnit>A</p:chargingRateUnit>' +
        `<p:chargingSchedulePeriod><p:startPeriod>0</p:startPeriod><p:limit>${limit}</p:limit></p:chargingSchedulePeriod>` +
        '</p:chargingSchedule></p:getCompositeScheduleResponse>',
    );

  test.each([
    ['13,5', 13.5, ['decimalComma']],
    ['13.54', 13.5, ['roundedDown']],
    ['+8.10', 8.1, []],
  ])('limit %s', (text, limit, kinds) => {
    const message = decodeResponse(schedule(text));
    expect(message.payload).toMatchObject({ chargingSchedule: { chargingSchedulePeriod: [{ limit }] } });
    expect(anomalyKindsOf(message)).toEqual(kinds);
  });

  test('an exponent is no decimal', () => {
    expect(refusal(schedule('1e2'))).toEqual({
      code: 'TypeConstraintViolation',
      message: 'chargingSchedule.chargingSchedulePeriod[0].limit: "1e2" is not a decimal number',
    });
  });

  const key = (readonly: string) =>
    envelope(
      `<p:getConfigurationResponse><p:configurationKey><p:key>K</p:key><p:readonly>${readonly}</p:readonly><p:value> v </p:value></p:configurationKey></p:getConfigurationResponse>`,
    );

  test.each([
    ['0', false],
    ['1', true],
    ['TRUE', true],
    ['False', false],
  ])('readonly %s', (text, readonly) => {
    expect(decodeResponse(key(text)).payload).toEqual({ configurationKey: [{ key: 'K', readonly, value: ' v ' }] });
  });

  test('yes is no boolean', () => {
    expect(refusal(key('yes')).code).toBe('TypeConstraintViolation');
  });
});

describe('blanks', () => {
  const data = (text: string) => inBody('dataTransferRequest', `<c:vendorId> v </c:vendorId><c:data>${text}</c:data>`);

  test.each([
    ['  x  ', '  x  '],
    ['<![CDATA[<?xml version="1.0"?><a/>]]>', '<?xml version="1.0"?><a/>'],
    ['&lt;?xml version="1.0"?&gt;', '<?xml version="1.0"?>'],
    ['&#233;\n', 'é\n'],
    [' ', ' '],
    ['{"a":1}', '{"a":1}'],
  ])('data %j is passed on as it is', (text, expected) => {
    expect(payloadOf(data(text))).toEqual({ vendorId: 'v', data: expected });
  });

  test('a meter value loses them, signed data does not', () => {
    const format = '<c:format>SignedData</c:format>';
    expect(payloadOf(meterValues(sampled('<c:value> 182340.0 </c:value>')))).toMatchObject({
      meterValue: [{ sampledValue: [{ value: '182340.0' }] }],
    });
    expect(payloadOf(meterValues(sampled(`<c:value> 0AFF\n</c:value>${format}`)))).toMatchObject({
      meterValue: [{ sampledValue: [{ value: ' 0AFF\n', format: 'SignedData' }] }],
    });
  });
});

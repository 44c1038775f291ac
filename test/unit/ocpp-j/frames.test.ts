import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFrame, writeCall, writeError, writeResult } from '../../../src/ocpp-j/frames.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('CALL (OCPP-J 1.6 §4.2.1)', () => {
  test('is read', () => {
    expect(readFrame('[2,"19","Reset",{"type":"Soft"}]')).toEqual({
      kind: 'call',
      token: '"19"',
      action: 'Reset',
      payload: { type: 'Soft' },
    });
  });

  test.each([
    '[2,"1","ClearCache",null]',
    '[2,"1","ClearCache"]',
    ' [ 2 , "1" ,\n"ClearCache" , { } ] ',
    '\uFEFF[2,"1","ClearCache",{}]',
  ])('is read from %j too', (text) => {
    expect(readFrame(text)).toEqual({ kind: 'call', token: '"1"', action: 'ClearCache', payload: {} });
  });

  test.each(['7', '9007199254740993', '-1', '1.50'])('keeps the digits of the numeric id %s', (id) => {
    expect(readFrame(`[2,${id},"ClearCache",{}]`)).toMatchObject({ kind: 'call', token: id });
    expect(writeResult(id, {})).toBe(`[3,${id},{}]`);
  });

  test.each([
    ['[2,null,"ClearCache",{}]', 'unreadableId', '"-1"'],
    ['[2,{"a":1},"ClearCache",{}]', 'unreadableId', '"-1"'],
    [`[2,"${'x'.repeat(256)}","ClearCache",{}]`, 'unreadableId', '"-1"'],
    ['[2]', 'unreadableId', '"-1"'],
    ['[2,"1"]', 'noAction', '"1"'],
    ['[2,"1",5,{}]', 'noAction', '"1"'],
    ['[2,"1","ClearCache",[]]', 'noPayload', '"1"'],
    ['[2,"1","ClearCache","{}"]', 'noPayload', '"1"'],
    [`[2,"1","ClearCache",{"a":${nested(40)}}]`, 'tooDeep', '"1"'],
  ])('%s is broken: %s, answered under %s', (text, rule, token) => {
    expect(readFrame(text)).toMatchObject({ kind: 'broken', rule, token });
  });

  test('is written strictly', () => {
    expect(writeCall('a.1', 'Heartbeat', {})).toBe('[2,"a.1","Heartbeat",{}]');
  });
});

describe('CALLRESULT and CALLERROR (OCPP-J 1.6 §4.2.2, §4.2.3)', () => {
  test('are read', () => {
    expect(readFrame('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]')).toEqual({
      kind: 'result',
      id: '1',
      payload: { currentTime: '2026-01-01T00:00:00Z' },
    });
    expect(readFrame('[4,"1","NotSupported","no",{"a":1}]')).toEqual({
      kind: 'error',
      id: '1',
      code: 'NotSupported',
      description: 'no',
      details: { a: 1 },
    });
  });

  test.each(['[4,"1","NotSupported",null,null]', '[4,"1","NotSupported"]', '[4,"1","NotSupported",3,[]]'])(
    'a CALLERROR without description and details is read: %s',
    (text) => {
      expect(readFrame(text)).toEqual({ kind: 'error', id: '1', code: 'NotSupported', description: '', details: {} });
    },
  );

  test.each([
    '[3,"1",[]]',
    '[3,"1","ok"]',
    `[3,"1",{"a":${nested(40)}}]`,
    `[4,"1","GenericError","",{"a":${nested(40)}}]`,
  ])('an unusable result still ends its call: %s', (text) => {
    expect(readFrame(text)).toMatchObject({ kind: 'brokenResult', id: '1' });
  });

  test.each(['[3]', '[3,null,{}]', '[4,[],"GenericError","",{}]'])(
    'an answer that names no call is not answered: %s',
    (text) => {
      expect(readFrame(text)).toEqual({ kind: 'ignored', rule: 'unreadableAnswer' });
    },
  );

  test('a CALLERROR is written with the frozen spellings and at most 255 characters of description', () => {
    expect(writeError('"1"', 'OccurrenceConstraintViolation', 'a')).toBe(
      '[4,"1","OccurenceConstraintViolation","a",{}]',
    );
    expect(writeError('"1"', 'FormationViolation', '', { field: 'x' })).toBe(
      '[4,"1","FormationViolation","",{"field":"x"}]',
    );
    const written = JSON.parse(writeError('"1"', 'GenericError', 'x'.repeat(1000))) as readonly unknown[];
    expect(written[3]).toHaveLength(255);
  });
});

describe('anything else', () => {
  test.each(['', ' \r\n'])('the empty frame %j is ignored', (text) => {
    expect(readFrame(text)).toEqual({ kind: 'ignored', rule: 'empty' });
  });

  test.each([
    '[]',
    '[1]',
    '[5,"1","GenericError","",{}]',
    '[6,"1","NotifyPeriodicEventStream",{}]',
    '["2","1","ClearCache",{}]',
  ])('a message of unknown type is ignored (OCPP-J 1.6 §4.1.3): %s', (text) => {
    expect(readFrame(text)).toEqual({ kind: 'ignored', rule: 'messageType' });
  });

  test.each([
    ['{"a":1}', 'notArray'],
    ['null', 'notArray'],
    ['"2"', 'notArray'],
    ['[2,"1","ClearCache",{}', 'notJson'],
    ['<html>', 'notJson'],
    [nested(100_000), 'tooDeep'],
  ])('%.20s is broken: %s', (text, rule) => {
    expect(readFrame(text)).toMatchObject({ kind: 'broken', rule, token: '"-1"' });
  });

  test('of duplicate keys the last one counts, and __proto__ is dropped at any depth', () => {
    const reading = readFrame(
      '[2,"1","DataTransfer",{"vendorId":"a","vendorId":"b","__proto__":{"x":1},"data":[{"\\u005f_proto__":1,"y":2}]}]',
    );
    const payload = reading.kind === 'call' ? reading.payload : undefined;
    expect(JSON.stringify(payload)).toBe('{"vendorId":"b","data":[{"y":2}]}');
    expect(Object.hasOwn(payload ?? {}, '__proto__')).toBe(false);
  });
});

describe('properties', () => {
  const payloads = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.array(fc.string())),
  );

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 36, unit: 'binary' }), fc.string(), payloads, (id, action, payload) => {
        const call = readFrame(writeCall(id, action, payload));
        expect(call).toEqual({ kind: 'call', token: JSON.stringify(id), action, payload: { ...payload } });
        expect(readFrame(writeResult(JSON.stringify(id), payload))).toEqual({
          kind: 'result',
          id,
          payload: { ...payload },
        });
      }),
    );
  });

  test('reading never throws, and answers only what may have been a call', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json({ maxDepth: 60 }),
          fc.array(fc.jsonValue()).map((frame) => JSON.stringify(frame)),
        ),
        (text) => {
          const reading = readFrame(text);
          if (reading.kind === 'broken')
            expect(() => JSON.parse(writeError(reading.token, 'FormationViolation', ''))).not.toThrow();
          if (/^\s*\[[34],/.test(text)) expect(reading.kind).not.toBe('call');
        },
      ),
      { numRuns: 500 },
    );
  });
});

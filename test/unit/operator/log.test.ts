import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { createLog, type LogLevel } from '../../../src/operator/log.ts';

const run = promisify(execFile);
const chatty = fileURLToPath(new URL('chatty-process.ts', import.meta.url));

function logInto(level: LogLevel) {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (line) => lines.push(line) } });
  const only = (): Record<string, unknown> => {
    expect(lines).toHaveLength(1);
    return JSON.parse(lines[0] ?? '');
  };
  return { log, lines, only };
}

describe('a line', () => {
  test('is one JSON object with level, ISO time in UTC, event, then the fields', () => {
    const { log, lines, only } = logInto('info');
    log.info('link opened', { charger: 'CP-1', attempts: 2, waitMs: 1500 });
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    const { time, ...line } = only();
    expect(line).toEqual({ level: 'info', event: 'link opened', charger: 'CP-1', attempts: 2, waitMs: 1500 });
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('is not written below the level', () => {
    const { log, lines } = logInto('warn');
    log.debug('frame received');
    log.info('link opened');
    log.warn('link lost');
    log.error('store failed', {});
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['link lost', 'store failed']);
  });

  test('is written by another level, from the moment that it is set', () => {
    const { log, lines } = logInto('warn');
    log.setLevel('debug');
    log.debug('frame received');
    log.setLevel('error');
    log.warn('link lost');
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['frame received']);
  });

  test('is among the last 500 that are kept', () => {
    const { log } = logInto('info');
    for (let nth = 0; nth < 1_234; nth += 1) log.info('counted', { nth });
    const kept = log.lastLines().map((line) => JSON.parse(line).nth);
    expect(kept).toEqual(Array.from({ length: 500 }, (_, index) => 734 + index));
  });

  test('keeps a field that is named like one of its own, under a name beside it', () => {
    const { log, only } = logInto('info');
    log.info('level changed', { level: 3, event: 'x', time: 'noon' });
    expect(only()).toMatchObject({ level: 'info', event: 'level changed', level_: 3, event_: 'x', time_: 'noon' });
  });

  test('of an error carries its stack, its code and the chain of its causes', () => {
    const { log, only } = logInto('info');
    const disk = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    log.error('message not kept', { charger: 'CP-1' }, new OcppError('InternalError', 'not kept', { cause: disk }));
    expect(only()).toMatchObject({
      charger: 'CP-1',
      error: {
        kind: 'OcppError',
        code: 'InternalError',
        message: 'not kept',
        stack: expect.stringContaining('log.test.ts'),
        cause: {
          kind: 'Error',
          code: 'ENOSPC',
          message: 'no space left',
          stack: expect.stringContaining('log.test.ts'),
        },
      },
    });
  });

  test('survives what cannot be JSON: cycles, bigints, bytes, endless lists', () => {
    const { log, only } = logInto('info');
    const ring: Record<string, unknown> = { n: 1n };
    ring['self'] = ring;
    log.info('odd fields seen', { ring, bytes: Buffer.from('abc'), list: Array.from({ length: 1000 }, (_, n) => n) });
    const line = only();
    expect(line['bytes']).toBe('[3 bytes]');
    expect(line['list']).toHaveLength(51);
    expect(JSON.stringify(line['ring'])).toContain('[deeper]');
  });
});

describe('no idTag, password or token is ever logged (C6 75)', () => {
  const canary = 'CANARY5EE';
  const planted: Readonly<Record<string, unknown>> = {
    idTag: canary,
    parentIdTag: canary,
    password: canary,
    token: canary,
    secret: canary,
    Authorization: `Basic ${canary}`,
    AuthorizationKey: canary,
    pathSecret: canary,
    key: canary,
    dedupeKey: `start ${canary}`,
    private_key: canary,
    'set-cookie': canary,
    basic: { user: 'CP-1', password: Buffer.from(canary) },
    url: `wss://CP-1:${canary}@csms.example/ocpp`,
    proxy: `http://user:p@${canary}@proxy.example`,
    header: `Bearer ${canary}`,
    setting: { key: 'AuthorizationKey', value: canary },
    deep: [{ list: { entries: [{ idTag: canary, idTagInfo: { parentIdTag: canary } }] } }],
    map: new Map([['idTag', canary]]),
    envelopeText: `<cs:idTag xmlns:cs="x">${canary}</cs:idTag><parentIdTag>${canary}</parentIdTag>`,
    cdataText: `<idTag a="b"><![CDATA[${canary}]]></idTag>`,
    cutText: `<cs:idTag>${canary}`,
    frameText: `[2,"1","Authorize",{"idTag":"${canary}"}]`,
    failure: new Error(`POST http://user:${canary}@10.0.0.5/ failed`),
  };

  test.each(['debug', 'info', 'warn', 'error'] as const)('at level %s, wherever it stands', (level) => {
    const { log, lines } = logInto('debug');
    log[level]('canaries planted', { planted, ...planted });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(canary);
  });

  test('in the message, the stack or a cause of an error', () => {
    const { log, lines } = logInto('debug');
    const inner = new Error(`401 from ws://CP-1:${canary}@csms.example`);
    log.error('link failed', {}, new AggregateError([inner], `{"password": "${canary}"}`, { cause: inner }));
    expect(lines[0]).not.toContain(canary);
    expect(lines[0]).toContain('csms.example');
  });

  test('while the name of a changed setting and a harmless value stay readable', () => {
    const { log, only } = logInto('info');
    log.info('settings changed', {
      changed: { key: 'AuthorizationKey', value: canary },
      harmless: { key: 'WebSocketPingInterval', value: '30' },
    });
    expect(only()).toMatchObject({
      changed: { key: 'AuthorizationKey', value: '[hidden]' },
      harmless: { key: 'WebSocketPingInterval', value: '30' },
    });
  });

  test('while the payload around it is shown at debug only', () => {
    const payload = { connectorId: 1, idTag: canary };
    const above = logInto('debug');
    above.log.warn('message refused', { payload });
    expect(above.only()['payload']).toBe('[at debug only]');
    const at = logInto('debug');
    at.log.debug('message refused', { payload });
    expect(at.only()['payload']).toEqual({ connectorId: 1, idTag: '[hidden]' });
  });
});

describe('no line is lost when the process ends', () => {
  test.each(['exit', 'throw', 'return'])('by %s, right after many lines', async (ending) => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', chatty, ending], {
      maxBuffer: 64 * 1024 * 1024,
    }).catch((failed: { stdout: string }) => failed);
    const indexes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).index);
    expect(new Set(indexes).size).toBe(5000);
  });
});

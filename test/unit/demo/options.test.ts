import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { runDemo } from '../../../src/cli/demo.ts';

async function refused(args: readonly string[]): Promise<{ readonly code: number; readonly err: string }> {
  let err = '';
  const io = {
    stdin: Readable.from([]),
    out: (text: string) => expect.fail(`wrote ${text} to stdout`),
    err: (text: string) => void (err += text),
    env: {},
    now: Date.now,
  };
  return { code: await runDemo(args, io), err };
}

test.each([
  [['--for', '14'], '--for 14: a number of seconds, at least 15'],
  [['--for', 'soon'], '--for soon: a number'],
  [['--for', 'Infinity'], '--for Infinity'],
  [['--for'], '--for'],
  [['--colour'], '--colour'],
  [['now'], 'now'],
])('demo %j is refused with exit code 2 and the reason', async (args, reason) => {
  const { code, err } = await refused(args);
  expect(code).toBe(2);
  expect(err).toContain(reason);
  expect(err).toContain('usage: ocpp-edge demo');
});

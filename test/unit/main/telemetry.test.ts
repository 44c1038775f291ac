import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config/load.ts';
import { systemClock } from '../../../src/gateway/clock.ts';
import { noMessageLog } from '../../../src/gateway/ports.ts';
import { telemetryOf } from '../../../src/main/telemetry.ts';
import { telemetryPathIn } from '../../../src/telemetry/path.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { exchange } from '../telemetry/exchanges.ts';

test('messages that are not enabled reach nothing at all: no thread, no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config: Pick<Config, 'data' | 'messages'> = {
    data: { folder },
    messages: { enabled: false, keepDays: 7, keepBytes: 64 * 1024 * 1024 },
  };
  const open = telemetryOf(config, { clock: systemClock, log: quietLog(), dropped: () => undefined });
  expect(open.messages).toBe(noMessageLog);
  open.messages.said(exchange());
  await open.telemetry.close();
  expect(existsSync(telemetryPathIn(folder))).toBe(false);
});

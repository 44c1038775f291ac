import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { OutboxCounts } from '../../../src/gateway/store-port.ts';
import { serviceManager } from '../../../src/main/service-manager.ts';
import { type NotifySocket, openNotifySocket } from '../../support/programs/notify-socket.ts';
import { needs, programPath } from '../../support/programs/program.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/* What systemd hears, by its own systemd-notify, on a socket such as it listens on. */

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

const counts: OutboxCounts = { waiting: 0, bytes: 0, oldestMs: undefined, dead: 0, openTransactions: 0 };
const patience = { timeout: 20_000, interval: 5 };

async function listen(): Promise<NotifySocket> {
  const socket = await openNotifySocket();
  endings.push(() => socket.close());
  return socket;
}

function stage(env: Readonly<Record<string, string>>, ask: () => Promise<OutboxCounts> = async () => counts) {
  const clock = new VirtualClock();
  const log = quietLog();
  const manager = serviceManager({ env: { PATH: process.env['PATH'], ...env }, store: { counts: ask }, clock, log });
  return { clock, log, manager };
}

const heard = (socket: NotifySocket, said: readonly string[]) =>
  vi.waitFor(() => expect(socket.said).toEqual(said), patience);

test('READY=1, a sign of life at half of WATCHDOG_USEC, STOPPING=1, and none after it', async ({ skip }) => {
  needs(skip, 'systemd-notify', 'python3');
  const socket = await listen();
  const { clock, log, manager } = stage({ NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '30000000' });
  await clock.advance(60_000);
  expect(socket.said).toEqual([]);
  await manager.ready();
  await heard(socket, ['READY=1']);
  await clock.advance(14_999);
  expect(socket.said).toEqual(['READY=1']);
  await clock.advance(1);
  await heard(socket, ['READY=1', 'WATCHDOG=1']);
  await clock.advance(15_000);
  await heard(socket, ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  await manager.stopping();
  await clock.advance(60_000);
  await heard(socket, ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'STOPPING=1']);
  expect(clock.pending()).toBe(0);
  expect(log.entries).toEqual([]);
});

test('RELOADING=1 with the time, before the config is read again, and READY=1 after it', async ({ skip }) => {
  needs(skip, 'systemd-notify', 'python3');
  const socket = await listen();
  const { manager } = stage({ NOTIFY_SOCKET: socket.path });
  let saidBefore: readonly string[] = [];
  await manager.reloading(async () => {
    await vi.waitFor(() => expect(socket.said).toHaveLength(1), patience);
    saidBefore = [...socket.said];
  });
  expect(saidBefore).toEqual([expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=\d+$/)]);
  await heard(socket, [...saidBefore, 'READY=1']);
});

test('a store that does not answer gets no sign of life; one that answers again does', async ({ skip }) => {
  needs(skip, 'systemd-notify', 'python3');
  const socket = await listen();
  const waiting: ((counts: OutboxCounts) => void)[] = [];
  const ask = () => new Promise<OutboxCounts>((resolve) => waiting.push(resolve));
  const { clock, log, manager } = stage({ NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '30000000' }, ask);
  await manager.ready();
  await clock.advance(45_000);
  await heard(socket, ['READY=1']);
  const reason = 'the store has not answered yet';
  expect(log.entries.map(({ event, fields }) => ({ event, fields }))).toEqual([
    { event: 'watchdog not fed', fields: { reason } },
    { event: 'watchdog not fed', fields: { reason } },
  ]);
  expect(waiting).toHaveLength(1);
  waiting[0]?.(counts);
  await heard(socket, ['READY=1', 'WATCHDOG=1']);
  await clock.advance(15_000);
  expect(waiting).toHaveLength(2);
});

test('a store that is gone gets none, and the log says why', async ({ skip }) => {
  needs(skip, 'systemd-notify', 'python3');
  const socket = await listen();
  const error = new Error('the thread of the store ended');
  const { clock, log, manager } = stage({ NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '30000000' }, () =>
    Promise.reject(error),
  );
  await manager.ready();
  await clock.advance(15_000);
  await manager.stopping();
  await heard(socket, ['READY=1', 'STOPPING=1']);
  expect(log.entries).toMatchObject([{ level: 'warn', event: 'watchdog not fed', fields: { error } }]);
});

test.each([
  ['no watchdog', {}],
  ['a watchdog of 0', { WATCHDOG_USEC: '0' }],
  ['a watchdog of another process', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }],
])('%s: no signs of life', async (_, env) => {
  const { folder, told } = standIn();
  const { clock, manager } = stage({ NOTIFY_SOCKET: '/nowhere', PATH: pathWith(folder), ...env });
  await manager.ready();
  await clock.advance(60_000);
  expect(clock.pending()).toBe(0);
  expect(told()).toEqual(['/nowhere READY=1']);
});

test('its own watchdog, named by WATCHDOG_PID, is fed', async () => {
  const { folder, told } = standIn();
  const env = { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '2000000', WATCHDOG_PID: String(process.pid) };
  const { clock, manager } = stage({ ...env, PATH: pathWith(folder) });
  await manager.ready();
  await clock.advance(1_000);
  await vi.waitFor(() => expect(told()).toEqual(['/nowhere READY=1', '/nowhere WATCHDOG=1']), patience);
});

test('the end is told after a sign of life that is under way', async () => {
  const { folder, told } = standIn('case "$*" in WATCHDOG*) sleep 0.3 ;; esac');
  const { clock, manager } = stage({ NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '30000000', PATH: pathWith(folder) });
  await manager.ready();
  await clock.advance(15_000);
  await manager.stopping();
  expect(told()).toEqual(['/nowhere READY=1', '/nowhere WATCHDOG=1', '/nowhere STOPPING=1']);
});

test('without NOTIFY_SOCKET nothing is started', async () => {
  const { folder, told } = standIn();
  const { clock, manager } = stage({ WATCHDOG_USEC: '2000000', PATH: pathWith(folder) });
  await manager.ready();
  await clock.advance(10_000);
  await manager.stopping();
  expect(told()).toEqual([]);
});

test('a manager that cannot be told is logged, and the gateway goes on', async () => {
  const { log, manager } = stage({ NOTIFY_SOCKET: '/nowhere', PATH: emptyFolder() });
  await manager.ready();
  await manager.stopping();
  expect(log.entries).toMatchObject([
    { level: 'error', event: 'service manager not told', fields: { states: ['READY=1'] } },
    { level: 'error', event: 'service manager not told', fields: { states: ['STOPPING=1'] } },
  ]);
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  endings.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** In the place of systemd-notify, where it is about whether it is called: what it was called with. It runs `first` before. */
function standIn(first = '') {
  const folder = emptyFolder();
  const program = join(folder, 'systemd-notify');
  const file = join(folder, 'told');
  writeFileSync(file, '');
  writeFileSync(program, `#!/bin/sh\n${first}\necho "$NOTIFY_SOCKET $*" >> '${file}'\n`);
  chmodSync(program, 0o755);
  const told = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  return { folder, told };
}

const pathWith = (folder: string): string => [folder, dirname(programPath('sh') ?? '/bin/sh')].join(delimiter);

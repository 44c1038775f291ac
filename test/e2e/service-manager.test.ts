import { afterEach, expect, test, vi } from 'vitest';
import { GatewayProcess } from '../support/gateway-process.ts';
import { type NotifySocket, openNotifySocket } from '../support/programs/notify-socket.ts';
import { needs } from '../support/programs/program.ts';

/* The build as systemd runs it: Type=notify, WatchdogSec. */

let socket: NotifySocket | undefined;
let gateway: GatewayProcess | undefined;
afterEach(async () => {
  await gateway?.remove();
  await socket?.close();
});

test('says that it is ready when it listens, that it lives, and that it ends', async ({ skip }) => {
  needs(skip, 'systemd-notify', 'python3');
  const ear = await openNotifySocket();
  socket = ear;
  const env = { NOTIFY_SOCKET: ear.path, WATCHDOG_USEC: '400000' };
  const edge = await GatewayProcess.prepare({ csmsUrl: 'ws://127.0.0.1:9/', env });
  gateway = edge;
  const started = edge.start();
  await vi.waitFor(() => expect(ear.said[0]).toBe('READY=1'), { timeout: 20_000, interval: 1 });
  expect((await fetch(`${edge.operatorUrl}/readyz`)).status).toBe(200);
  await started;
  const alive = () => ear.said.filter((line) => line === 'WATCHDOG=1').length;
  await vi.waitFor(() => expect(alive()).toBeGreaterThan(2), { timeout: 20_000, interval: 5 });
  expect(await edge.end('SIGTERM')).toBe(0);
  await vi.waitFor(() => expect(ear.said.at(-1)).toBe('STOPPING=1'), { timeout: 20_000, interval: 5 });
  expect(ear.said.filter((line) => line !== 'WATCHDOG=1')).toEqual(['READY=1', 'STOPPING=1']);
  expect(edge.log.filter(({ level }) => level === 'error')).toEqual([]);
});

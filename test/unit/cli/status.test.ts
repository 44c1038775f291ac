import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runConfig } from '../../../src/cli/config.ts';
import { runStatus } from '../../../src/cli/status.ts';
import { type Edge, startTestEdge } from '../../support/edge.ts';
import { newFolder, removeFolder } from '../store/data-folder.ts';
import { listen } from './data-folder.ts';

let edge: Edge;
beforeEach(async () => {
  edge = await startTestEdge({ csmsUrl: 'ws://127.0.0.1:9/', env: { OCPP_EDGE__LOG__LEVEL: 'warn' } });
});
afterEach(() => edge.remove());

async function run(command: typeof runStatus, ...args: readonly string[]) {
  const { io, said } = listen();
  return { exit: await command(args, io), ...said };
}

const data = () => join(edge.folder, 'data');

test('a gateway that runs: exit 0, and its state by the line', async () => {
  const { exit, out, err } = await run(runStatus, '--data', data());
  expect([exit, err]).toEqual([0, '']);
  expect(out).toMatch(/^gateway +\d+\.\d+\.\d+ on \S+data, for \d+ s\nready +yes\nchargers +0 accepted, /);
  expect(out).toMatch(/^outbox +0 waiting; 0 dead letters$/m);
  const json = JSON.parse((await run(runStatus, '--data', data(), '--json')).out) as unknown;
  expect(json).toMatchObject({
    running: true,
    folder: data(),
    ready: { ready: true },
    reload: { kind: 'none' },
    alarms: [],
  });
});

test('no gateway: exit 1, in words and as JSON', async () => {
  const folder = newFolder();
  expect(await run(runStatus, '--data', folder)).toEqual({ exit: 1, out: `no gateway runs on ${folder}\n`, err: '' });
  const { exit, out } = await run(runStatus, '--data', folder, '--json');
  expect([exit, JSON.parse(out)]).toEqual([1, { running: false, folder }]);
  expect((await run(runStatus, 'now')).exit).toBe(2);
  removeFolder(folder);
});

test('the folder is found though the config has a mistake, which is told; and what waits for a restart is named', async () => {
  const file = join(edge.folder, 'gateway.yaml');
  const sound = readFileSync(file, 'utf8');
  writeFileSync(file, sound.replace('operator:\n', 'operator:\n  chargerLabels: false\n'));
  await edge.reload('operator');
  writeFileSync(file, `${sound}nonsense: 1\n`);
  await edge.reload('operator');
  const { exit, out } = await run(runStatus, '-c', file);
  expect(exit).toBe(0);
  expect(out).toMatch(/^config +refused now, the one before holds$/m);
  expect(out).toMatch(/^mistake +\S+gateway\.yaml:\d+:1 nonsense: unknown key/m);
  expect(out).toMatch(/^at restart +operator\.chargerLabels$/m);
});

test('config: every value with its source', async () => {
  const { exit, out } = await run(runConfig, '--data', data());
  expect(exit).toBe(0);
  expect(out).toMatch(/^KEY +VALUE +SOURCE +CHANGE\n/);
  expect(out).toMatch(/^log\.level +warn +env OCPP_EDGE__LOG__LEVEL +live$/m);
  expect(out).toMatch(/^csms\.url +ws:\/\/127\.0\.0\.1:9\/ +\S+gateway\.yaml:\d+:\d+ +reconnect$/m);
  expect(JSON.parse((await run(runConfig, '--data', data(), '--json')).out)).toHaveProperty('values');
});

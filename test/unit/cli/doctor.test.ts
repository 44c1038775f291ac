import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDoctor } from '../../../src/cli/doctor.ts';
import { tarOf } from '../../../src/cli/tar.ts';
import { createLog } from '../../../src/operator/log.ts';
import { type Edge, startTestEdge } from '../../support/edge.ts';
import { needs, run } from '../../support/programs/program.ts';
import { RawCharger } from '../../support/raw-charger.ts';
import { newFolder, openIn, removeFolder } from '../store/data-folder.ts';
import { listen } from './data-folder.ts';

const canary = 'CANARY5EE0FF1CE';

let folder = '';
let edge: Edge | undefined;
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  await edge?.remove();
  edge = undefined;
  removeFolder(folder);
});

/** Names and texts of an archive, as ustar has them. */
function filesIn(path: string): ReadonlyMap<string, string> {
  const tar = gunzipSync(readFileSync(path));
  const files = new Map<string, string>();
  for (let at = 0; tar[at] !== 0; ) {
    const bytes = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    files.set(
      tar.toString('latin1', at, at + 100).replace(/\0+$/, ''),
      tar.toString('utf8', at + 512, at + 512 + bytes),
    );
    at += 512 + Math.ceil(bytes / 512) * 512;
  }
  return files;
}

async function doctor(...args: readonly string[]) {
  const path = join(folder, 'bundle.tar.gz');
  const { io, said } = listen({ WORD: canary });
  const exit = await runDoctor(['-o', path, ...args], io);
  return { exit, ...said, path };
}

test('of a gateway that runs: what support needs, and the canary is nowhere', async () => {
  const log = createLog({ level: 'debug', destination: { write: () => true } });
  edge = await startTestEdge({
    csmsUrl: 'ws://127.0.0.1:9/',
    lastLines: () => log.lastLines(),
    env: { WORD: canary },
    files: { word: canary },
    config: {
      csms: { url: 'ws://127.0.0.1:9/', passwordFrom: 'env:WORD' },
      offline: { waitMs: 0, unknownIdTag: 'accept', firstBoot: 'Accepted' },
      chargers: { 'CP-1': { basicPasswordFrom: 'file:word', secretPathFrom: 'env:WORD', maxCurrentA: 16 } },
    },
  });
  log.info('charger turned away', { idTag: canary, password: canary, url: `http://me:${canary}@192.0.2.1/` });
  log.debug('frame', { payload: { idTag: canary, data: canary } });
  log.error('it broke', {}, new Error(`<idTag>${canary}</idTag> was odd`));
  const charger = await new RawCharger('CP-2', edge.soapUrl).start();
  await charger.boot();
  const start = `<c:connectorId>1</c:connectorId><c:idTag>${canary}</c:idTag><c:meterStart>0</c:meterStart>`;
  await charger.say('startTransactionRequest', `${start}<c:timestamp>2026-03-01T12:00:00Z</c:timestamp>`);
  await charger.stop();
  const file = join(edge.folder, 'gateway.yaml');
  const sound = readFileSync(file, 'utf8');
  writeFileSync(file, sound.replace('passwordFrom: env:WORD', `passwordFrom: ${canary}`));
  await edge.reload('operator');
  const { exit, out, err, path } = await doctor('-c', file);
  expect([exit, err, statSync(path).mode & 0o777]).toEqual([0, '', 0o600]);
  const files = filesIn(path);
  const names = ['README.txt', 'versions.json', 'folder.json', 'config-file.json', 'check.txt', 'status.json'];
  const more = ['chargers.json', 'outbox.json', 'messages.json', 'config.json', 'metrics.txt', 'log.jsonl'];
  expect([...files.keys()]).toEqual([...names, ...more].map((name) => `ocpp-edge-doctor/${name}`));
  expect(out).toContain(path);
  const of = (name: string) => files.get(`ocpp-edge-doctor/${name}`) ?? '';
  expect(of('outbox.json')).toContain('"action": "StartTransaction"');
  expect(of('log.jsonl')).toContain('"event":"charger turned away"');
  expect(log.lastLines()[1]).toMatch(/^\{"level":"debug"/);
  expect(of('status.json')).toMatch(/"mistakes": \[\n\s+"\S+gateway\.yaml:\d+:\d+ csms\.passwordFrom: must be/);
  expect(of('config.json')).toContain('"chargers.CP-1.maxCurrentA"');
  expect(of('metrics.txt')).toContain('ocppgw_outbox_messages');
  expect(of('check.txt')).toContain('csms.passwordFrom');
  expect([...files].filter(([, text]) => text.includes(canary)).map(([name]) => name)).toEqual([]);
});

test('without a gateway: what lies on the disk, and the config as it would be', async () => {
  await (await openIn(join(folder, 'data'))).close();
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `csms: { url: "ws://127.0.0.1:9/", passwordFrom: "env:WORD" }\ndata: { folder: ${join(folder, 'data')} }\n`,
  );
  const files = filesIn((await doctor('-c', file)).path);
  expect(files.get('ocpp-edge-doctor/config-file.json')).toContain('"is": "env:WORD"');
  expect(files.get('ocpp-edge-doctor/folder.json')).toContain('"name": "gateway.db"');
  expect(files.get('ocpp-edge-doctor/versions.json')).toContain('"isRunning": false');
  expect([...files.values()].join('')).not.toContain(canary);
  const again = await doctor('-c', file);
  expect([again.exit, again.err]).toEqual([1, expect.stringContaining('EEXIST')]);
  expect((await doctor('now')).exit).toBe(2);
});

test('a part that cannot be had says why not, and the others are there', async () => {
  const files = filesIn((await doctor('--data', join(folder, 'nowhere'))).path);
  expect([...files.keys()].map((name) => name.replace('ocpp-edge-doctor/', ''))).toEqual([
    'README.txt',
    'versions.json',
    'folder.json.failed.txt',
  ]);
});

test('tar itself reads such an archive', async ({ skip }) => {
  needs(skip, 'tar');
  const path = join(folder, 'files.tar');
  const long = 'ä'.repeat(700);
  writeFileSync(
    path,
    tarOf(
      [
        { name: 'a/one.txt', text: long },
        { name: 'a/two.txt', text: '' },
      ],
      1_000_000_000_000,
    ),
  );
  const listed = await run('tar', ['-tvf', path, '--utc']);
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(listed.stdout).toMatch(/^-rw------- \S+ +1400 2001-09-09 01:46(:40)? a\/one\.txt\n.* 0 .* a\/two\.txt\n$/);
  expect((await run('tar', ['-xOf', path, 'a/one.txt'])).stdout).toBe(long);
});

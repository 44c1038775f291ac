import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/gateway/clock.ts';
import { fileDoorDefaults } from '../../../src/transfers/door/defaults.ts';
import { openFileDoor } from '../../../src/transfers/door/door.ts';
import type { ChargerScheme } from '../../../src/transfers/ports.ts';
import { FileSpool } from '../../../src/transfers/spool/spool.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { quietLog } from '../../support/quiet-log.ts';

/**
 * A file door with one image of random bytes, in a process of its own so that its memory can be told: prints its URLs as
 * one line of JSON, and serves until its stdin ends.
 */
const imageBytes = Number(process.argv[2]);
const chunkBytes = 1_000_000;

const folder = mkdtempSync(join(tmpdir(), 'bench-door-'));
const parts = { clock: systemClock, log: quietLog() };
const settings = { folder: join(folder, 'spool'), quotaBytes: imageBytes * 2, keepUploadsMs: 0 };
const spool = await FileSpool.open(settings, parts);
const draft = await spool.draft(imageBytes);
while (draft.bytes < imageBytes) await draft.write(randomBytes(Math.min(chunkBytes, imageBytes - draft.bytes)));
const file = await draft.commit('bench');

const tls = createCa('bench CA').issue({ commonName: 'door', hosts: ['127.0.0.1'] });
const door = await openFileDoor(
  {
    http: { ...fileDoorDefaults.http, host: '127.0.0.1', port: 0, maxConnectionsPerAddress: 64 },
    ftp: {
      ...fileDoorDefaults.ftp,
      host: '127.0.0.1',
      port: 0,
      passivePorts: { first: 0, last: 0 },
      maxSessionsPerAddress: 64,
      tls: { ...tls, requireSessionReuse: true },
    },
  },
  {
    ...parts,
    spool,
    listener: {
      line: () => undefined,
      sent: () => undefined,
      receiving: () => undefined,
      received: () => Promise.resolve(),
    },
    meters: { securityReject: () => undefined },
  },
);

const urlOf = async (scheme: ChargerScheme): Promise<string> => {
  const invitation = { job: scheme, scheme, flat: false, addresses: ['127.0.0.1'], name: 'image.bin', file };
  return (await door.offer({ ...invitation, expiresAtMs: Date.now() + 86_400_000 })).url;
};
const urls = { ftp: await urlOf('ftp'), ftps: await urlOf('ftps'), http: await urlOf('http') };
process.stdout.write(`${JSON.stringify({ urls, place: spool.pathOf(file.sha256) })}\n`);

process.stdin.resume();
process.stdin.once('end', () => {
  void door.close().then(() => rmSync(folder, { recursive: true, force: true }));
});

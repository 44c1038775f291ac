import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useDoorStages } from '../../support/door-stages.ts';
import { sha256, someBytes } from '../../support/file-door.ts';
import { RawFtp, reset } from '../../support/raw-ftp.ts';

const { stageWith, login } = useDoorStages();
const bytes = someBytes(3_000_000);

/** Sends a part of a file and cuts the data connection in the given way. */
async function sendAndCut(ftp: RawFtp, command: string, part: Buffer, how: 'reset' | 'vanish'): Promise<void> {
  const data = await ftp.passive();
  await ftp.ask(command);
  await new Promise<void>((resolve) => data.write(part, () => resolve()));
  if (how === 'reset') {
    reset(data);
    expect((await ftp.reply()).code).toBe(426);
  } else {
    // A charger that loses its power: its system closes nothing, the next connection comes from a new one.
    ftp.socket.removeAllListeners('close');
  }
}

describe('an upload', () => {
  test('is whole, named and on disk before its 226', async () => {
    const stage = await stageWith();
    stage.onReceived = async ({ name, bytes: length }) => {
      expect({ name, length }).toEqual({ name: 'log.zip', length: bytes.length });
    };
    const ftp = await login((await stage.accept()).url);
    expect(await ftp.store('STOR log.zip', bytes)).toMatchObject({ code: 226 });
    expect(stage.told).toEqual([{ kind: 'receiving' }, { kind: 'received', name: 'log.zip', bytes: bytes.length }]);
    const collected = await stage.door.collect('job-1');
    expect(collected).toEqual({ file: { sha256: sha256(bytes), bytes: bytes.length }, name: 'log.zip' });
    expect(readFileSync(stage.spool.pathOf(sha256(bytes)) ?? '').equals(bytes)).toBe(true);
    expect(await ftp.reply()).toMatchObject({ code: 421 });
  });

  test('that could not be noted is not confirmed', async () => {
    const stage = await stageWith();
    stage.onReceived = () => Promise.reject(new Error('the store is away'));
    const ftp = await login((await stage.accept()).url);
    expect(await ftp.store('STOR log.zip', bytes)).toMatchObject({ code: 451 });
    expect(await stage.door.collect('job-1')).toBeUndefined();
    expect(stage.log.entries.map(({ event }) => event)).toContain('ftp command failed');
  });

  test('that was never finished is none', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    await sendAndCut(ftp, 'STOR log.zip', bytes.subarray(0, 1_000_000), 'reset');
    expect(await stage.door.collect('job-1')).toBeUndefined();
    expect(stage.spool.usage().bytes).toBe(0);
  });

  test('whose client is gone at its end is not whole: a crashed system closes its connections in good order', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    const data = await ftp.passive();
    await ftp.ask('STOR log.zip');
    await new Promise<void>((resolve) => data.write(bytes.subarray(0, 100_000), () => resolve()));
    ftp.end();
    data.end();
    await until(() => stage.lines.some((line) => line.includes('the upload ended')));
    expect(await stage.door.collect('job-1')).toBeUndefined();
  });

  test('whose client says QUIT and leaves without waiting is whole', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    const data = await ftp.passive();
    await ftp.ask('STOR log.zip');
    await new Promise<void>((resolve) => ftp.socket.end('QUIT\r\n', () => resolve()));
    data.end(bytes);
    await until(() => stage.told.some(({ kind }) => kind === 'received'));
    expect(await stage.door.collect('job-1')).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('shorter than ALLO announced is not whole', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    await ftp.ask('ALLO 5000');
    expect(await ftp.store('STOR log.zip', someBytes(4_999))).toMatchObject({ code: 451 });
    expect(await stage.door.collect('job-1')).toBeUndefined();
  });

  test('larger than its cap, or than the quota, is refused', async () => {
    const stage = await stageWith({ quotaBytes: 2_000_000 });
    const capped = await login((await stage.accept({ maxBytes: 1_000_000 })).url);
    expect(await capped.store('STOR log.zip', bytes)).toMatchObject({ code: 552 });
    const full = await login((await stage.accept({ job: 'job-2' })).url);
    expect(await full.store('STOR log.zip', bytes)).toMatchObject({ code: 452 });
    expect(await stage.door.collect('job-1')).toBeUndefined();
    expect(await stage.door.collect('job-2')).toBeUndefined();
    expect(stage.spool.usage().bytes).toBe(0);
  });

  test('goes on after a restart of the gateway from its beginning, or is whole as it was', async () => {
    const stage = await stageWith();
    const first = await stage.accept();
    const ftp = await login(first.url);
    await ftp.store('STOR log.zip', bytes);
    await stage.door.close();
    const again = await stage.restart();
    const received = { name: 'log.zip', bytes: bytes.length };
    const second = await again.accept({ credentials: first.credentials, received });
    expect(second.credentials).toEqual(first.credentials);
    expect(await again.door.collect('job-1')).toMatchObject({ file: { sha256: sha256(bytes) }, name: 'log.zip' });
  });
});

describe('a resumed upload', () => {
  test('APPE goes on where SIZE says that the file ends', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    await sendAndCut(ftp, 'STOR log.zip', bytes.subarray(0, 1_000_000), 'reset');
    const size = await sizeOf(ftp, 'log.zip');
    expect(await ftp.store('APPE log.zip', bytes.subarray(size))).toMatchObject({ code: 226 });
    expect(await stage.door.collect('job-1')).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('REST and STOR go on at any place of the file, and what stood behind it is gone', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    await ftp.store('STOR log.zip', Buffer.concat([bytes.subarray(0, 500_000), someBytes(2_800_000)]));
    await ftp.ask('REST 500000');
    expect(await ftp.store('STOR log.zip', bytes.subarray(500_000))).toMatchObject({ code: 226 });
    expect(await stage.door.collect('job-1')).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('REST beyond the end leaves no hole', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    await ftp.store('STOR log.zip', bytes.subarray(0, 1_000));
    await ftp.ask('REST 1001');
    expect(await ftp.store('STOR log.zip', bytes.subarray(1_001))).toMatchObject({ code: 554 });
    expect(await sizeOf(ftp, 'log.zip')).toBe(1_000);
  });

  test('bytes of a connection that the charger has given up on never land behind those of the next one', async () => {
    const stage = await stageWith();
    const { url } = await stage.accept();
    const lost = await login(url);
    const stale = await lost.passive();
    await lost.ask('STOR log.zip');
    await new Promise<void>((resolve) => stale.write(bytes.subarray(0, 1_000_000), () => resolve()));
    const next = await login(url);
    const size = await sizeOf(next, 'log.zip');
    // Still on its way when the charger already asks for the size.
    stale.write(bytes.subarray(1_000_000, 2_000_000));
    expect(await next.store('APPE log.zip', bytes.subarray(size))).toMatchObject({ code: 226 });
    expect(await stage.door.collect('job-1')).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('another name begins another file', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.accept()).url);
    await ftp.store('STOR a.zip', someBytes(1_000));
    expect(await ftp.ask('SIZE b.zip')).toMatchObject({ code: 550 });
    expect(await ftp.store('APPE b.zip', bytes)).toMatchObject({ code: 226 });
    expect(await stage.door.collect('job-1')).toMatchObject({ name: 'b.zip', file: { sha256: sha256(bytes) } });
  });

  test('whatever is cut and however it goes on, the file is the one that was sent', async () => {
    const stage = await stageWith({ ftp: { maxSessionsPerAddress: 60 } });
    const cut = fc.record({
      part: fc.integer({ min: 0, max: 400_000 }),
      by: fc.constantFrom('APPE' as const, 'REST' as const),
      how: fc.constantFrom('reset' as const, 'vanish' as const),
    });
    let job = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 4 }), async (cuts) => {
        job += 1;
        const { url } = await stage.accept({ job: `job-${job}` });
        const sent = someBytes(900_000);
        let ftp = await login(url);
        await sendAndCut(ftp, 'STOR log.zip', sent.subarray(0, 100_000), 'reset');
        for (const { part, by, how } of cuts) {
          const size = await sizeOf(ftp, 'log.zip');
          const command = await goOn(ftp, by, size);
          await sendAndCut(ftp, command, sent.subarray(size, size + part), how);
          if (how === 'vanish') ftp = await again(ftp, url);
        }
        const size = await sizeOf(ftp, 'log.zip');
        expect(await ftp.store(await goOn(ftp, 'APPE', size), sent.subarray(size))).toMatchObject({ code: 226 });
        expect(await stage.door.collect(`job-${job}`)).toMatchObject({ file: { sha256: sha256(sent) } });
        ftp.end();
      }),
      { numRuns: 25 },
    );
  });
});

async function again(ftp: RawFtp, url: string): Promise<RawFtp> {
  const next = await login(url);
  setImmediate(() => ftp.end());
  return next;
}

async function goOn(ftp: RawFtp, by: 'APPE' | 'REST', size: number): Promise<string> {
  if (by === 'APPE') return 'APPE log.zip';
  await ftp.ask(`REST ${size}`);
  return 'STOR log.zip';
}

async function sizeOf(ftp: RawFtp, name: string): Promise<number> {
  const { code, text } = await ftp.ask(`SIZE ${name}`);
  if (code !== 213) throw new Error(`no size: ${text}`);
  return Number(text.slice(4));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

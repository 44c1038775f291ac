import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { useDoorStages } from '../../support/door-stages.ts';
import { type DoorStage, sha256, someBytes } from '../../support/file-door.ts';
import { RawFtp, reset } from '../../support/raw-ftp.ts';

const { stageWith, connectTo: connectedTo } = useDoorStages();
const bytes = someBytes(2_000_000);

async function connectTo(stage: DoorStage): Promise<RawFtp> {
  for (;;) {
    const ftp = await connectedTo(stage);
    // The one before may not be gone yet.
    if ((await ftp.reply()).code !== 421) return ftp;
  }
}

async function loginSecurely(stage: DoorStage, url: string): Promise<RawFtp> {
  const ftp = await connectTo(stage);
  await ftp.secure({ ca: stage.ca });
  const { username, password } = new URL(url.replace('ftps:', 'ftp:'));
  await ftp.ask(`USER ${username}`);
  expect(await ftp.ask(`PASS ${password}`)).toMatchObject({ code: 230 });
  return ftp;
}

describe('explicit FTPS (RFC 4217)', () => {
  test('is offered only to a charger that was told to use it', async () => {
    const stage = await stageWith();
    await stage.offer(bytes);
    const plain = await connectTo(stage);
    expect(await plain.ask('AUTH TLS')).toMatchObject({ code: 502 });
    expect((await plain.ask('FEAT')).text).not.toContain('AUTH');
    await stage.offer(bytes, { job: 'job-2', scheme: 'ftps', addresses: ['10.9.9.9'] });
    expect(await plain.ask('AUTH TLS')).toMatchObject({ code: 502 });
    await stage.offer(bytes, { job: 'job-3', scheme: 'ftps' });
    expect((await plain.ask('FEAT')).text).toContain('AUTH TLS');
    expect(await plain.ask('AUTH KRB4')).toMatchObject({ code: 504 });
  });

  test('is the only way in for that charger: its password in the clear is refused', async () => {
    const stage = await stageWith();
    const { credentials } = await stage.offer(bytes, { scheme: 'ftps' });
    const ftp = await connectTo(stage);
    await ftp.ask(`USER ${credentials.user}`);
    expect(await ftp.ask(`PASS ${credentials.password}`)).toMatchObject({ code: 530 });
  });

  test.each([false, true])('carries files both ways, session reuse required: %s', async (requireSessionReuse) => {
    const stage = await stageWith({ requireSessionReuse });
    const down = await loginSecurely(stage, (await stage.offer(bytes, { scheme: 'ftps' })).url);
    expect((await down.retrieve('image.bin')).bytes.equals(bytes)).toBe(true);
    expect((await down.retrieve('image.bin', 1_500_000)).bytes.equals(bytes.subarray(1_500_000))).toBe(true);
    const up = await loginSecurely(stage, (await stage.accept({ job: 'up', scheme: 'ftps' })).url);
    expect(await up.store('STOR log.zip', bytes)).toMatchObject({ code: 226 });
    expect(await stage.door.collect('up')).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('refuses a data connection with a session of its own, where reuse is required', async () => {
    const stage = await stageWith({ requireSessionReuse: true });
    const { url } = await stage.offer(bytes, { scheme: 'ftps' });
    const ftp = await loginSecurely(stage, url);
    ftp.forgetSession();
    expect((await ftp.retrieve('image.bin')).last).toMatchObject({ code: 425 });
  });

  test('refuses a data connection that goes on with the session of another control connection', async () => {
    const stage = await stageWith({ requireSessionReuse: true });
    const { url } = await stage.offer(bytes, { scheme: 'ftps' });
    const [one, two] = [await loginSecurely(stage, url), await loginSecurely(stage, url)];
    one.borrowSession(two);
    expect((await one.retrieve('image.bin')).last).toMatchObject({ code: 425 });
  });

  test('needs PROT P before data', async () => {
    const stage = await stageWith();
    const { credentials } = await stage.offer(bytes, { scheme: 'ftps' });
    const ftp = await connectTo(stage);
    await ftp.secure({ ca: stage.ca }, 'no PROT');
    await ftp.ask(`USER ${credentials.user}`);
    await ftp.ask(`PASS ${credentials.password}`);
    await ftp.ask('EPSV');
    expect(await ftp.ask('RETR image.bin')).toMatchObject({ code: 522 });
    expect(await ftp.ask('PROT C')).toMatchObject({ code: 536 });
    expect(await ftp.ask('CCC')).toMatchObject({ code: 534 });
  });

  test('does not obey what came in the clear behind AUTH', async () => {
    const stage = await stageWith();
    const { credentials } = await stage.offer(bytes, { scheme: 'ftps' });
    const ftp = await connectTo(stage);
    ftp.send(`AUTH TLS\r\nUSER ${credentials.user}\r\n`);
    expect(await ftp.reply()).toMatchObject({ code: 421 });
    await expect(ftp.reply()).rejects.toThrow('ended');
  });

  test('a data connection that ends during its handshake is no connection, at once', async () => {
    const stage = await stageWith();
    const ftp = await loginSecurely(stage, (await stage.offer(bytes, { scheme: 'ftps' })).url);
    for (const sent of [Buffer.alloc(0), Buffer.from([0x16, 0x03, 0x01, 0x02])]) {
      const { text } = await ftp.ask('EPSV');
      const port = Number(/\|\|\|(\d+)\|/.exec(text)?.[1]);
      const plain = connect({ port, host: '127.0.0.1' });
      plain.resume().end(sent);
      expect(await ftp.ask('RETR image.bin')).toMatchObject({ code: 150 });
      expect(await ftp.reply()).toMatchObject({ code: 425 });
    }
  });

  test('a reset upload is not whole, and goes on', async () => {
    const stage = await stageWith();
    const ftp = await loginSecurely(stage, (await stage.accept({ scheme: 'ftps' })).url);
    for (const [from, to] of [
      [0, 500_001],
      [500_001, 500_002],
      [500_002, 1_300_000],
    ] as const) {
      const { code, text } = await ftp.ask('SIZE log.zip');
      const size = code === 213 ? Number(text.slice(4)) : 0;
      expect(size).toBeLessThanOrEqual(from);
      const data = await ftp.passive();
      await ftp.ask('APPE log.zip');
      await new Promise<void>((resolve) => data.write(bytes.subarray(size, to), () => resolve()));
      reset(data);
      expect((await ftp.reply()).code).toBeGreaterThan(400);
    }
    const size = Number((await ftp.ask('SIZE log.zip')).text.slice(4));
    expect(await ftp.store('APPE log.zip', bytes.subarray(size))).toMatchObject({ code: 226 });
    expect(await stage.door.collect('job-1')).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('20 at the same time', async () => {
    const stage = await stageWith({ ftp: { maxSessionsPerAddress: 20 } });
    const { url } = await stage.offer(bytes, { scheme: 'ftps' });
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => (await (await loginSecurely(stage, url)).retrieve('image.bin')).bytes),
    );
    expect(all.filter((read) => read.equals(bytes))).toHaveLength(20);
  });

  test('gives its place back when it ends', async () => {
    const stage = await stageWith({ ftp: { maxSessionsPerAddress: 1 } });
    const { url } = await stage.offer(bytes, { scheme: 'ftps' });
    for (let turn = 0; turn < 3; turn += 1) {
      const ftp = await loginSecurely(stage, url);
      expect(await ftp.ask('QUIT')).toMatchObject({ code: 221 });
      await expect(ftp.reply()).rejects.toThrow('ended');
      ftp.end();
    }
  });
});

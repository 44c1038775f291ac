import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { useDoorStages } from '../../support/door-stages.ts';
import { someBytes } from '../../support/file-door.ts';
import { dataListener, readAll } from '../../support/raw-ftp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const { stageWith, login, connectTo } = useDoorStages();
const bytes = someBytes(300_000);

describe('login', () => {
  test('needs the user and the password of a ticket', async () => {
    const stage = await stageWith();
    const { credentials } = await stage.offer(bytes);
    const ftp = await connectTo(stage);
    expect(await ftp.reply()).toMatchObject({ code: 220 });
    expect(await ftp.ask('RETR image.bin')).toMatchObject({ code: 530 });
    expect(await ftp.ask('PASS x')).toMatchObject({ code: 503 });
    await ftp.ask(`USER ${credentials.user}`);
    expect(await ftp.ask('PASS wrong')).toMatchObject({ code: 530 });
    expect(await ftp.ask('USER anonymous')).toMatchObject({ code: 331 });
    expect(await ftp.ask('PASS guest@')).toMatchObject({ code: 530 });
    await ftp.ask(`USER ${credentials.user}`);
    expect(await ftp.ask(`PASS ${credentials.password}`)).toMatchObject({ code: 230 });
    expect(stage.lines).toContain('job-1 FTP login from 127.0.0.1 refused: password');
  });

  test('is refused from another address than the charger has', async () => {
    const stage = await stageWith();
    const { url } = await stage.offer(bytes, { addresses: ['10.1.2.3', '192.168.7.0/24'] });
    await expect(login(url.replace(/@[^:]+/, '@127.0.0.1'))).rejects.toThrow('login refused: 530');
    expect(stage.lines).toContain('job-1 FTP login from 127.0.0.1 refused: address');
  });

  test('is refused when the ticket has expired or was withdrawn', async () => {
    const clock = new VirtualClock();
    const stage = await stageWith({ clock });
    const { url } = await stage.offer(bytes, { expiresAtMs: clock.now() + 1_000 });
    await login(url);
    clock.jump(1_000);
    const late = login(url);
    late.catch(() => undefined);
    await untilPunished(clock);
    await expect(late).rejects.toThrow('login refused: 530');
  });

  test('is made slower with each wrong password, and then the address is locked out', async () => {
    const clock = new VirtualClock();
    const stage = await stageWith({ clock, ftp: { punishMs: 1_000, lockout: { badLogins: 3, withinMs: 600_000 } } });
    const { url, credentials } = await stage.offer(bytes);
    const ftp = await connectTo(stage);
    await ftp.reply();
    for (const [waitMs, code] of [
      [1_000, 530],
      [2_000, 530],
      [3_000, 421],
    ] as const) {
      await ftp.ask(`USER ${credentials.user}`);
      const pending = clock.pending();
      ftp.send('PASS guess\r\n');
      await until(() => clock.pending() > pending);
      await clock.advance(waitMs - 1);
      let answered = false;
      const answer = ftp.reply().then((reply) => {
        answered = true;
        return reply;
      });
      expect(answered).toBe(false);
      await clock.advance(1);
      expect(await answer).toMatchObject({ code });
    }
    await expect(ftp.reply()).rejects.toThrow('ended');
    const locked = await connectTo(stage);
    expect(await locked.reply()).toMatchObject({ code: 421 });
    await clock.advance(600_000);
    await login(url);
  });
});

describe('one job at the door', () => {
  test('sees its file, and nothing else', async () => {
    const stage = await stageWith();
    const other = await stage.offer(someBytes(10), { job: 'job-2', name: 'secret.bin' });
    const { url, credentials } = await stage.offer(bytes);
    const ftp = await login(url);
    const listed = async (command: string) => {
      const data = await ftp.passive();
      await ftp.ask(command);
      const text = (await readAll(data)).toString();
      expect(await ftp.reply()).toMatchObject({ code: 226 });
      return text;
    };
    expect((await listed('NLST')).split('\r\n')).toEqual([credentials.token, 'image.bin', '']);
    expect(await listed(`MLSD ${credentials.token}`)).toMatch(/^type=file;size=300000;modify=\d{14}; image\.bin\r\n$/);
    expect(await listed('LIST -la')).toMatch(/^drwx.* \w{26}\r\n-rw-.* 300000 .* image\.bin\r\n$/);
    expect(await listed('NLST /etc')).toBe('');
    for (const path of ['../../etc/passwd', '/etc/passwd', `/${other.credentials.token}/secret.bin`, 'secret.bin']) {
      expect(await ftp.ask(`SIZE ${path}`)).toMatchObject({ code: 550 });
      expect((await ftp.retrieve(path)).last).toMatchObject({ code: 550 });
    }
    expect(await ftp.ask(`CWD /${other.credentials.token}`)).toMatchObject({ code: 550 });
    expect((await ftp.retrieve('image.bin')).bytes.equals(bytes)).toBe(true);
    expect(stage.told).toEqual([{ kind: 'sent', from: 0, to: 300_000, whole: true }]);
  });

  test('cannot change what it may only fetch, nor fetch what it may only bring', async () => {
    const stage = await stageWith();
    const down = await login((await stage.offer(bytes)).url);
    expect(await down.store('STOR image.bin', someBytes(5))).toMatchObject({ code: 550 });
    expect(await down.store('APPE image.bin', someBytes(5))).toMatchObject({ code: 550 });
    const up = await login((await stage.accept({ job: 'up' })).url);
    expect(await up.store('STOR log.zip', bytes)).toMatchObject({ code: 226 });
    expect((await up.retrieve('log.zip')).last).toMatchObject({ code: 550 });
    for (const command of ['DELE log.zip', 'RNFR log.zip', 'RNTO x', 'RMD /', 'MKD /x', 'STOU']) {
      expect(await up.ask(command)).toMatchObject({ code: 550 });
    }
  });

  test('cannot bring a file into another job', async () => {
    const stage = await stageWith();
    const other = await stage.accept({ job: 'other' });
    const ftp = await login((await stage.accept()).url);
    const path = `/${other.credentials.token}/log.zip`;
    expect(await ftp.store(`STOR ${path}`, bytes)).toMatchObject({ code: 550 });
    expect(await stage.door.collect('other')).toBeUndefined();
  });

  test('ends with its ticket, in the middle of a transfer too', async () => {
    const stage = await stageWith();
    const { url } = await stage.offer(someBytes(30_000_000));
    const ftp = await login(url);
    const data = await ftp.passive();
    await ftp.ask('RETR image.bin');
    await stage.door.withdraw('job-1');
    await expect(readAll(data).then((read) => read.length)).resolves.toBeLessThan(30_000_000);
    expect(await ftp.reply()).toMatchObject({ code: 421 });
    await expect(login(url)).rejects.toThrow('login refused: 530');
  });

  test('harmless commands are answered, unknown ones refused', async () => {
    const stage = await stageWith();
    const { url, credentials } = await stage.accept();
    const ftp = await login(url);
    const codes: Record<string, number> = {
      SYST: 215,
      NOOP: 200,
      FEAT: 211,
      HELP: 214,
      STAT: 211,
      'OPTS UTF8 ON': 200,
      'CLNT x': 200,
      'TYPE I': 200,
      'TYPE A': 200,
      'TYPE E': 504,
      'MODE S': 200,
      'MODE Z': 504,
      'STRU F': 200,
      'ALLO 5': 202,
      'SITE UMASK 022': 202,
      PWD: 257,
      CDUP: 250,
      [`CWD ${credentials.token}`]: 250,
      'MKD logs': 257,
      'CWD logs': 250,
      ABOR: 226,
      'REST x': 501,
      'REST 0': 350,
      'SIZE log.zip': 550,
      'MDTM log.zip': 550,
      XYZW: 502,
      'PBSZ 0': 503,
      'PROT P': 503,
      'AUTH TLS': 502,
      'EPSV ALL': 200,
      'EPSV 2': 522,
      '': 500,
      '\x16\x03\x01': 500,
      QUIT: 221,
    };
    for (const [command, code] of Object.entries(codes)) {
      expect({ command, code: (await ftp.ask(command)).code }).toEqual({ command, code });
    }
    await expect(ftp.reply()).rejects.toThrow('ended');
  });
});

describe('commands', () => {
  test('may come in any pieces, and several at once', async () => {
    const stage = await stageWith();
    const { credentials } = await stage.offer(bytes);
    const ftp = await connectTo(stage);
    await ftp.reply();
    for (const piece of [
      'US',
      `ER ${credentials.user}`,
      '\r',
      '\n',
      `PASS ${credentials.password}\r\nPWD\r\nNOOP\r\n`,
    ]) {
      await new Promise<void>((resolve) => ftp.socket.write(piece, () => resolve()));
    }
    const codes = [await ftp.reply(), await ftp.reply(), await ftp.reply(), await ftp.reply()].map(({ code }) => code);
    expect(codes).toEqual([331, 230, 257, 200]);
  });

  test('of 5 MB are refused before they are held', async () => {
    const stage = await stageWith();
    const ftp = await connectTo(stage);
    await ftp.reply();
    ftp.send(Buffer.alloc(5_000_000, 'x'));
    expect(await ftp.reply()).toMatchObject({ code: 500 });
    await expect(ftp.reply()).rejects.toThrow('ended');
  });

  test('by the hundred are refused', async () => {
    const stage = await stageWith();
    const ftp = await connectTo(stage);
    await ftp.reply();
    ftp.send('NOOP\r\n'.repeat(500));
    await expect(Promise.all(Array.from({ length: 501 }, () => ftp.reply()))).rejects.toThrow('ended');
  });

  test('silence ends the session', async () => {
    const clock = new VirtualClock();
    const stage = await stageWith({ clock });
    const strange = await connectTo(stage);
    await strange.reply();
    await clock.advance(30_000);
    expect(await strange.reply()).toMatchObject({ code: 421 });
    const ftp = await login((await stage.offer(bytes)).url);
    await clock.advance(119_999);
    expect(await ftp.ask('NOOP')).toMatchObject({ code: 200 });
    await clock.advance(120_000);
    expect(await ftp.reply()).toMatchObject({ code: 421 });
  });

  test('ABOR cuts the transfer that is under way, and the session goes on', async () => {
    const stage = await stageWith();
    const big = someBytes(30_000_000);
    const ftp = await login((await stage.offer(big)).url);
    const data = await ftp.passive();
    await ftp.ask('RETR image.bin');
    ftp.send(Buffer.concat([Buffer.from([0xff, 0xf4, 0xff, 0xf2]), Buffer.from('ABOR\r\n')]));
    expect([(await ftp.reply()).code, (await ftp.reply()).code]).toEqual([426, 226]);
    data.destroy();
    expect((await ftp.retrieve('image.bin')).bytes.equals(big)).toBe(true);
    expect(stage.told.map((entry) => entry.kind === 'sent' && entry.whole)).toEqual([false, true]);
  });

  test('ABOR also ends the wait for a data connection', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.offer(bytes)).url);
    await ftp.ask('EPSV');
    expect(await ftp.ask('RETR image.bin')).toMatchObject({ code: 150 });
    expect(await ftp.ask('ABOR')).toMatchObject({ code: 425 });
    expect(await ftp.reply()).toMatchObject({ code: 226 });
  });
});

describe('connections', () => {
  test('are few for one address, and few in all; further ones hear why', async () => {
    const stage = await stageWith({ ftp: { maxSessionsPerAddress: 3 } });
    const three = [await connectTo(stage), await connectTo(stage), await connectTo(stage)];
    for (const ftp of three) expect(await ftp.reply()).toMatchObject({ code: 220 });
    const fourth = await connectTo(stage);
    expect(await fourth.reply()).toMatchObject({ code: 421 });
    three[0]?.end();
    await until(async () => (await (await connectTo(stage)).reply()).code === 220);
  });

  test('400 at once from one host: 32 are greeted, all others are told off', async () => {
    const stage = await stageWith();
    const all = await Promise.all(Array.from({ length: 400 }, () => connectTo(stage)));
    const codes = await Promise.all(all.map(async (ftp) => (await ftp.reply()).code));
    expect(codes.filter((code) => code === 220)).toHaveLength(32);
    expect(codes.filter((code) => code === 421)).toHaveLength(368);
  });

  test('active ones lead only to the client itself, and to no port of a service', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.offer(bytes)).url);
    for (const command of [
      'PORT 10,0,0,1,200,10',
      'PORT 127,0,0,1,0,22',
      'EPRT |1|127.0.0.1|22|',
      'EPRT |1|127.0.0.2|5000|',
      'EPRT |2|::1|5000|',
    ]) {
      expect({ command, code: (await ftp.ask(command)).code }).toEqual({ command, code: 500 });
    }
    expect(await ftp.ask('PORT nonsense')).toMatchObject({ code: 501 });
    expect(await ftp.ask('RETR image.bin')).toMatchObject({ code: 425 });
    const { server, port, socket } = await dataListener();
    expect(await ftp.ask(`EPRT |1|127.0.0.1|${port}|`)).toMatchObject({ code: 200 });
    ftp.send('RETR image.bin\r\n');
    expect((await readAll(await socket)).equals(bytes)).toBe(true);
    expect([(await ftp.reply()).code, (await ftp.reply()).code]).toEqual([150, 226]);
    server.close();
  });

  test('passive ones are taken from the client alone', async () => {
    const stage = await stageWith();
    const ftp = await login((await stage.offer(bytes)).url);
    const { text } = await ftp.ask('PASV');
    const [high = 0, low = 0] = (/\((?:\d+,){4}(\d+),(\d+)\)/.exec(text)?.slice(1) ?? []).map(Number);
    const stranger = connect({ port: high * 256 + low, host: '127.0.0.1', localAddress: '127.0.0.9' });
    await expect(readAll(stranger)).resolves.toHaveLength(0);
    const own = connect({ port: high * 256 + low, host: '127.0.0.1' });
    ftp.send('RETR image.bin\r\n');
    expect((await readAll(own)).equals(bytes)).toBe(true);
    expect(stage.log.entries).toContainEqual(
      expect.objectContaining({
        event: 'ftp data connection refused',
        fields: { peer: '127.0.0.9', expected: '127.0.0.1' },
      }),
    );
  });

  test('passive ports are of the range, and run out with a reply', async () => {
    const { port, server } = await dataListener();
    await new Promise((resolve) => server.close(resolve));
    const stage = await stageWith({ ftp: { passivePorts: { first: port, last: port } } });
    const one = await login((await stage.offer(bytes)).url);
    const two = await login((await stage.offer(bytes, { job: 'job-2' })).url);
    expect((await one.ask('EPSV')).text).toContain(`|||${port}|`);
    expect(await two.ask('EPSV')).toMatchObject({ code: 425 });
  });

  test('the wait for a data connection has an end', async () => {
    const clock = new VirtualClock();
    const stage = await stageWith({ clock });
    const ftp = await login((await stage.offer(bytes)).url);
    await ftp.ask('EPSV');
    expect(await ftp.ask('RETR image.bin')).toMatchObject({ code: 150 });
    await clock.advance(30_000);
    expect(await ftp.reply()).toMatchObject({ code: 425 });
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

/** A wrong login is answered after its penalty. */
async function untilPunished(clock: VirtualClock): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1);
  }
}

test('nothing of credentials is in the log or in a transcript', async () => {
  const stage = await stageWith();
  const { url, credentials } = await stage.offer(bytes);
  const ftp = await login(url);
  await ftp.ask(`CWD /${credentials.token}`);
  await ftp.retrieve('image.bin');
  await ftp.ask(`USER ${credentials.user}`);
  await ftp.ask('PASS wrong-canary');
  const shown = JSON.stringify([stage.lines, stage.log.entries]);
  for (const secret of [credentials.password, credentials.token, 'wrong-canary']) expect(shown).not.toContain(secret);
});

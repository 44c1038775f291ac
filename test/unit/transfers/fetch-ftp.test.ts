import { afterEach, describe, expect, test } from 'vitest';
import { addressRule } from '../../../src/transfers/addresses.ts';
import { sha256, someBytes } from '../../support/file-door.ts';
import { openOutside, type OutsideStage } from '../../support/outside.ts';
import { type FtpScript, type ScriptedFtp, scriptedFtp } from '../../support/scripted-ftp.ts';

const servers: ScriptedFtp[] = [];
const stages: OutsideStage[] = [];
const bytes = someBytes(1_000_000);
const once = { persistence: { retries: 0, retryIntervalMs: 0 } };

async function serve(script: Partial<FtpScript> = {}): Promise<ScriptedFtp> {
  const server = await scriptedFtp({ file: bytes, ...script });
  servers.push(server);
  return server;
}

async function stageWith(wish: Parameters<typeof openOutside>[0] = {}): Promise<OutsideStage> {
  const stage = await openOutside(wish);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) stage.end();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('a fetch by FTP', () => {
  test('brings the file, logged in as the location says', async () => {
    const server = await serve();
    const stage = await stageWith();
    const url = server.url.replace('ftp://', 'ftp://fw:se%2Fcret@');
    expect(await stage.fetch(`${url}/dir/image%201.bin`)).toEqual({
      file: { sha256: sha256(bytes), bytes: bytes.length },
      name: 'image_1.bin',
      from: 'network',
      proofs: ['length'],
    });
    expect(server.commands).toEqual(
      expect.arrayContaining(['USER fw', 'PASS se/cret', 'TYPE I', 'RETR dir/image 1.bin']),
    );
  });

  test('goes on behind a cut when SIZE and MDTM are the same', async () => {
    const server = await serve({ cut: (turn) => (turn < 4 ? { after: 200_000, how: 'reset' } : undefined) });
    const stage = await stageWith();
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ file: { sha256: sha256(bytes) } });
    expect(server.commands.filter((line) => line.startsWith('REST'))).toHaveLength(3);
  });

  test.each([
    ['226 although only a part was sent', () => '20200301120000'],
    ['no MDTM', () => undefined],
    ['an MDTM that is too young', () => new Date().toISOString().replaceAll(/[-:T]|\..*/g, '')],
    ['another MDTM after the first transfer', (turn: number) => (turn === 0 ? '20200301120000' : '20200301120001')],
  ])('with %s: the file is whole in the end', async (_, modified) => {
    const server = await serve({
      modified,
      cut: (turn) => (turn === 1 ? { after: 400_000, how: 'confirmed' } : undefined),
    });
    const stage = await stageWith();
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ file: { sha256: sha256(bytes) } });
    expect(server.turns()).toBe(2);
  });

  test('that is 226 but short every time fails, and is never offered', async () => {
    const server = await serve({ cut: () => ({ after: 0, how: 'confirmed' }) });
    const stage = await stageWith();
    await expect(stage.fetch(`${server.url}/x`)).rejects.toMatchObject({ code: 'Broken' });
    expect(stage.spool.usage()).toMatchObject({ files: 0, bytes: 0 });
  });

  test('never splices two versions', async () => {
    const next = someBytes(1_000_000);
    const server = await serve({ cut: (turn) => (turn === 1 ? { after: 300_000, how: 'reset' } : undefined) });
    server.script.modified = (turn) => {
      if (turn === 0) return '20200301120000';
      server.script.file = next;
      return '20200301120007';
    };
    const stage = await stageWith();
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ file: { sha256: sha256(next) } });
  });

  test('of a file that is exchanged meanwhile begins again', async () => {
    const server = await serve({ modified: (turn) => (turn < 1 ? '20200301120000' : '20200301120007') });
    const stage = await stageWith();
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ file: { sha256: sha256(bytes) } });
    expect(server.turns()).toBe(2);
  });

  test('from a server that knows no SIZE believes the size in its 150, or a hash, or nobody', async () => {
    const stage = await stageWith();
    const server = await serve({ size: () => undefined });
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ proofs: ['length'] });
    server.script.cut = () => ({ after: 5, how: 'confirmed' });
    await expect(stage.fetch(`${server.url}/x`, once)).rejects.toMatchObject({ code: 'Broken' });
  });

  test.each([
    ['is larger than allowed', { maxBytes: 999_999 }, 'TooLarge'],
    ['has another hash', { sha256: 'f'.repeat(64) }, 'WrongHash'],
    ['is smaller than expected', { minBytes: 1_000_001 }, 'TooSmall'],
  ])('that %s is refused', async (_, wish, code) => {
    const server = await serve();
    const stage = await stageWith();
    await expect(stage.fetch(`${server.url}/x`, wish)).rejects.toMatchObject({ code, permanent: true });
    expect(stage.spool.usage().bytes).toBe(0);
  });

  test.each([
    [{ PASS: '530 no' }, 'Unauthorized'],
    [{ RETR: '550 no such file' }, 'NotFound'],
    [{ RETR: '450 busy' }, 'ServerFailed'],
    [{ USER: '421 too many' }, 'ServerFailed'],
    [{ RETR: '504 no' }, 'Refused'],
  ])('answered %j fails as %s', async (replies, code) => {
    const server = await serve({ replies });
    const stage = await stageWith();
    await expect(stage.fetch(`${server.url}/x`, once)).rejects.toMatchObject({ code });
  });

  test('does not follow PASV to another host', async () => {
    const server = await serve({ passiveHost: '10.0.0.1' });
    const stage = await stageWith();
    await expect(stage.fetch(`${server.url}/x`, once)).rejects.toMatchObject({ code: 'ServerFailed' });
    expect(server.turns()).toBe(0);
  });

  test('goes to no forbidden address, also when the name changes its address', async () => {
    const server = await serve();
    const stage = await stageWith({ permits: addressRule([]) });
    for (const url of [server.url, server.url.replace('127.0.0.1', 'localhost'), server.url.replace('ftp:', 'ftps:')]) {
      await expect(stage.fetch(`${url}/x`)).rejects.toMatchObject({ code: 'ForbiddenAddress' });
    }
    expect(server.commands).toEqual([]);
  });

  test('that stalls is given up, and goes on', async () => {
    const server = await serve({ cut: (turn) => (turn === 1 ? { after: 100_000, how: 'stall' } : undefined) });
    const stage = await stageWith({ stallMs: 200 });
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ file: { sha256: sha256(bytes) } });
    expect(server.commands).toContain('REST 100000');
  });

  test('that is here already, and unchanged, is not sent again', async () => {
    const server = await serve();
    const stage = await stageWith();
    await stage.fetch(`${server.url}/x`);
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ from: 'spool', file: { sha256: sha256(bytes) } });
    expect(server.turns()).toBe(1);
    server.script.modified = () => '20210101000000';
    expect(await stage.fetch(`${server.url}/x`)).toMatchObject({ from: 'network' });
  });

  test('shows no password, not even one that the server echoes', async () => {
    const server = await serve({ replies: { PASS: '530 wrong password canary-pass for canary-user' } });
    const stage = await stageWith();
    const url = server.url.replace('ftp://', 'ftp://canary-user:canary-pass@');
    const failure = await stage.fetch(`${url}/x`).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'Unauthorized' });
    expect(JSON.stringify([String(failure), stage.lines, stage.log.entries])).not.toContain('canary');
    expect(stage.lines.join()).toContain('530 wrong password [hidden] for [hidden]');
  });

  test('can be cancelled', async () => {
    const server = await serve({ replies: { RETR: '150 wait' } });
    const stage = await stageWith();
    const control = new AbortController();
    const request = {
      location: `${server.url}/x`,
      persistence: { retries: 5, retryIntervalMs: 0 },
      minBytes: 1,
      maxBytes: 1e8,
    };
    const fetched = stage.fetcher.fetch(request, 'test', () => undefined, control.signal);
    fetched.catch(() => undefined);
    while (!server.commands.some((line) => line.startsWith('RETR')))
      await new Promise((resolve) => setImmediate(resolve));
    control.abort();
    await expect(fetched).rejects.toMatchObject({ code: 'Cancelled' });
  });
});

describe('an upload to the CSMS by FTP', () => {
  async function spooled(stage: OutsideStage, content = bytes) {
    const draft = await stage.spool.draft(1e9);
    await draft.write(content);
    return draft.commit('test');
  }

  const upload = async (stage: OutsideStage, location: string, retries = 3) => {
    const { sha256: hash } = await spooled(stage);
    const persistence = { retries, retryIntervalMs: 0 };
    const request = { sha256: hash, name: 'diag 1.zip', location, persistence, httpMethod: 'put' as const };
    return stage.uploader.upload(request, (line) => stage.lines.push(line));
  };

  test.each(['logs', 'logs/'])('brings the file under its name into %s', async (folder) => {
    const server = await serve();
    const stage = await stageWith();
    await upload(stage, `${server.url}/${folder}`);
    expect(server.stored.get('logs/diag 1.zip')?.equals(bytes)).toBe(true);
  });

  test('goes on behind a cut with APPE', async () => {
    const server = await serve({ cut: (turn) => (turn < 3 ? { after: 300_000, how: 'reset' } : undefined) });
    const stage = await stageWith();
    await upload(stage, `${server.url}/`);
    expect(server.commands.filter((line) => /^(STOR|APPE)/.test(line))).toEqual([
      'STOR diag 1.zip',
      'APPE diag 1.zip',
      'APPE diag 1.zip',
    ]);
    expect(server.stored.get('diag 1.zip')?.equals(bytes)).toBe(true);
  });

  test('is not believed when SIZE says otherwise', async () => {
    const server = await serve({ cut: () => ({ after: 0, how: 'confirmed' }) });
    const stage = await stageWith();
    await expect(upload(stage, `${server.url}/`, 1)).rejects.toMatchObject({ code: 'Broken' });
    expect(server.turns()).toBe(2);
  });

  test('begins at zero when more is there than should be', async () => {
    const server = await serve({
      cut: (turn) => (turn === 1 ? { after: 300_000, how: 'reset' } : undefined),
      size: (length, turn) => (turn === 1 ? bytes.length + 5 : length),
    });
    const stage = await stageWith();
    await upload(stage, `${server.url}/`);
    expect(server.commands.filter((line) => /^(STOR|APPE)/.test(line))).toEqual(['STOR diag 1.zip', 'STOR diag 1.zip']);
    expect(server.stored.get('diag 1.zip')?.equals(bytes)).toBe(true);
  });

  test('does not take an older file of the same name and size for its own', async () => {
    const server = await serve({ replies: { EPSV: '425 later', PASV: '425 later' } });
    server.stored.set('diag 1.zip', someBytes(bytes.length));
    const stage = await stageWith();
    await expect(upload(stage, `${server.url}/`, 2)).rejects.toMatchObject({ code: 'ServerFailed' });
  });

  test('needs a file that is in the spool', async () => {
    const server = await serve();
    const stage = await stageWith();
    const request = {
      sha256: '0'.repeat(64),
      name: 'x',
      location: server.url,
      persistence: once.persistence,
      httpMethod: 'put' as const,
    };
    await expect(stage.uploader.upload(request, () => undefined)).rejects.toMatchObject({ code: 'NotFound' });
  });
});

import { describe, expect, test } from 'vitest';
import { addressRule } from '../../../src/transfers/addresses.ts';
import { TransferError } from '../../../src/transfers/errors.ts';
import { masked, readLocation, redirected } from '../../../src/transfers/fetch/location.ts';
import { permittedAddresses, systemResolver } from '../../../src/transfers/fetch/outside.ts';

describe('a location', () => {
  test.each([
    ['http://host/fw/image.bin', { scheme: 'http', host: 'host', port: 80, path: '/fw/image.bin', name: 'image.bin' }],
    ['https://host:8443/a?sig=x%2Fy', { scheme: 'https', port: 8443, path: '/a?sig=x%2Fy', hasQuery: true, name: 'a' }],
    ['ftp://host/dir/', { scheme: 'ftp', port: 21, path: 'dir/', name: undefined }],
    ['ftp://host/a%20b.bin;type=i', { path: 'a b.bin', name: 'a_b.bin' }],
    ['ftp://host//abs/x', { path: '/abs/x' }],
    ['ftp://host/%2Fabs/x', { path: '/abs/x' }],
    ['ftps://u%40x:p%3Aw@host/x', { scheme: 'ftps', port: 21, login: { user: 'u@x', password: 'p:w' } }],
    ['ftps://host:990/x', { port: 990 }],
    ['FTP://Host.Example/x', { scheme: 'ftp', host: 'host.example' }],
    ['http://[::1]:80/x', { host: '::1' }],
    [' http://host/x\n', { host: 'host' }],
    // What the URL class makes of them, for ftps as well.
    ['http://127.1/', { host: '127.0.0.1' }],
    ['ftps://127.1/', { host: '127.0.0.1' }],
    ['ftps://2130706433/', { host: '127.0.0.1' }],
    ['http://0x7f.1/', { host: '127.0.0.1' }],
    ['http://１２７.0.0.1/', { host: '127.0.0.1' }],
  ])('%s', (text, expected) => expect(readLocation(text)).toMatchObject(expected));

  test.each([
    'C:\\fw.bin',
    'localhost',
    '',
    'file:///etc/passwd',
    'gopher://host/x',
    'javascript:alert(1)',
    'http://',
    'http://host:99999/x',
    'ftp://a\r\nDELE x@host/',
    'ftp://a%0d%0aDELE%20x@host/',
    'ftp://host/a%00b',
    'ftp://host/a%0ab',
    'http://ho st/x',
    'ftp://host/100%',
  ])('%j cannot be used', (text) => {
    expect(() => readLocation(text)).toThrow(expect.objectContaining({ code: 'BadLocation', permanent: true }));
  });

  test('shows no credentials and no query, also in errors', () => {
    const location = readLocation('ftp://canary-user:canary%2Dpass@host/x');
    expect(location.shown).toBe('ftp://host:21/x');
    expect(masked('530 canary-user canary-pass canary%2Dpass', location)).toBe('530 [hidden] [hidden] [hidden]');
    const presigned = readLocation('https://host/x?X-Amz-Signature=abcdef123&e=5');
    expect(presigned.shown).toBe('https://host:443/x');
    expect(masked('see abcdef123', presigned)).toBe('see [hidden]');
    for (const broken of ['http://u:canary@host:99999/', 'http://u:canary@ho st/', 'canary']) {
      expect(String(capture(() => readLocation(broken)))).not.toContain('canary');
    }
  });
});

describe('a redirect', () => {
  const from = readLocation('https://u:p@host:8443/a/b?x=1');

  test.each([
    ['c', 'https://host:8443/a/c', true],
    ['/c?y=2', 'https://host:8443/c', true],
    ['https://host:8443/z', 'https://host:8443/z', true],
    ['https://host/z', 'https://host:443/z', false],
    ['https://other:8443/z', 'https://other:8443/z', false],
    ['https://x:y@other/z', 'https://other:443/z', false],
  ])('to %s is %s, credentials kept: %s', (target, shown, kept) => {
    const location = redirected(from, target);
    expect({ shown: location.shown, kept: location.login !== undefined }).toEqual({ shown, kept });
  });

  test.each(['http://host:8443/z', 'ftp://host/z', 'file:///etc/passwd', 'gopher://x'])(
    'to %s is forbidden',
    (target) => {
      expect(() => redirected(from, target)).toThrow(expect.objectContaining({ code: 'ForbiddenRedirect' }));
    },
  );
});

describe('addresses', () => {
  const permits = addressRule(['10.20.0.0/16', 'fd00:1::/32']);

  test.each([
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.5.5',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2002:7f00:1::',
    '2001:db8::1',
    'fec0::1',
    'not an address',
    '',
  ])('%s is not talked to', (address) => expect(permits(address)).toBe(false));

  test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '10.20.3.4', 'fd00:1::5'])(
    '%s is',
    (address) => expect(permits(address)).toBe(true),
  );

  const outside = (answers: readonly string[]) => ({
    resolve: async () => answers,
    permits: addressRule([]),
    ca: undefined,
    stallMs: 1_000,
  });

  test('of a name are only those that may be talked to', async () => {
    const location = readLocation('http://host/x');
    expect(await permittedAddresses(location, outside(['10.0.0.1', '8.8.8.8']))).toEqual(['8.8.8.8']);
    await expect(permittedAddresses(location, outside(['10.0.0.1']))).rejects.toMatchObject({
      code: 'ForbiddenAddress',
    });
    await expect(permittedAddresses(location, outside([]))).rejects.toMatchObject({ code: 'HostUnknown' });
  });

  test('of localhost are our own, and so it is not talked to', async () => {
    const system = { ...outside([]), resolve: systemResolver };
    const failure = permittedAddresses(readLocation('http://localhost/x'), system);
    await expect(failure).rejects.toMatchObject({ code: 'ForbiddenAddress' });
  });

  test('that stand in the location itself are not resolved', async () => {
    const never = { ...outside([]), resolve: () => Promise.reject(new Error('asked')) };
    expect(await permittedAddresses(readLocation('http://8.8.8.8/x'), never)).toEqual(['8.8.8.8']);
    for (const text of ['http://127.1/', 'http://[::ffff:7f00:1]/', 'http://2130706433/', 'ftp://169.254.169.254/x']) {
      await expect(permittedAddresses(readLocation(text), never)).rejects.toMatchObject({ code: 'ForbiddenAddress' });
    }
  });
});

function capture(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TransferError);
    return thrown;
  }
}

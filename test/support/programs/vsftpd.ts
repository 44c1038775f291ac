import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../../src/demo/certificates.ts';
import { freePort, startProgram } from './program.ts';

export type Vsftpd = {
  readonly port: number;
  readonly passivePort: number;
  /** On disk, what clients see as `pub/`; they may read and write there. */
  readonly folder: string;
  stop(): Promise<void>;
};

export type VsftpdWish = {
  readonly host?: string;
  /** Explicit FTPS, with session reuse required. */
  readonly tls?: Identity;
  /** One passive port only, so that a proxy can stand before it. */
  readonly onePassivePort?: boolean;
};

/** vsftpd on the loopback as an ordinary process, for anonymous clients; all its files in a temporary folder. */
export async function startVsftpd({
  host = '127.0.0.1',
  tls,
  onePassivePort = false,
}: VsftpdWish = {}): Promise<Vsftpd> {
  const home = mkdtempSync(join(tmpdir(), 'vsftpd-'));
  chmodSync(home, 0o755);
  const root = join(home, 'root');
  const folder = join(root, 'pub');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(home, 'empty'));
  chmodSync(root, 0o555);
  chmodSync(folder, 0o777);
  const port = await freePort(host);
  const passivePort = await freePort(host);
  const passive = onePassivePort ? { pasv_min_port: passivePort, pasv_max_port: passivePort } : {};
  const settings = { ...common(host, port, home, root), ...passive, ...(tls === undefined ? {} : security(home, tls)) };
  const file = join(home, 'vsftpd.conf');
  writeFileSync(
    file,
    `${Object.entries(settings)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n')}\n`,
  );
  const program = await startProgram('vsftpd', [file], host, port);
  return {
    port,
    passivePort,
    folder,
    stop: async () => {
      await program.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function common(host: string, port: number, home: string, root: string): Readonly<Record<string, string | number>> {
  return {
    listen: 'YES',
    listen_address: host,
    listen_port: port,
    background: 'NO',
    anonymous_enable: 'YES',
    local_enable: 'NO',
    no_anon_password: 'YES',
    anon_root: root,
    anon_umask: '022',
    write_enable: 'YES',
    anon_upload_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_world_readable_only: 'NO',
    secure_chroot_dir: join(home, 'empty'),
    xferlog_enable: 'NO',
    seccomp_sandbox: 'NO',
    max_clients: 0,
    max_per_ip: 0,
    ...(process.getuid?.() === 0 ? {} : { run_as_launching_user: 'YES' }),
  };
}

function security(home: string, { cert, key }: Identity): Readonly<Record<string, string>> {
  writeFileSync(join(home, 'cert.pem'), cert);
  writeFileSync(join(home, 'key.pem'), key);
  return {
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    require_ssl_reuse: 'YES',
    ssl_ciphers: 'HIGH',
    rsa_cert_file: join(home, 'cert.pem'),
    rsa_private_key_file: join(home, 'key.pem'),
  };
}

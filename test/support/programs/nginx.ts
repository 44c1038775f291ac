import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../../src/demo/certificates.ts';
import { freePort, startProgram } from './program.ts';

export type Nginx = {
  readonly port: number;
  readonly tlsPort: number;
  /** Files below it are served, and may be PUT. */
  readonly folder: string;
  stop(): Promise<void>;
};

/** nginx on the loopback as an ordinary process; all its files in a temporary folder. */
export async function startNginx(tls: Identity, host = '127.0.0.1'): Promise<Nginx> {
  const home = mkdtempSync(join(tmpdir(), 'nginx-'));
  chmodSync(home, 0o755);
  const folder = join(home, 'www');
  mkdirSync(folder);
  mkdirSync(join(home, 'temp'));
  writeFileSync(join(home, 'cert.pem'), tls.cert);
  writeFileSync(join(home, 'key.pem'), tls.key);
  const port = await freePort(host);
  const tlsPort = await freePort(host);
  const file = join(home, 'nginx.conf');
  writeFileSync(file, config({ home, folder, host, port, tlsPort }));
  const program = await startProgram('nginx', ['-p', home, '-c', file], host, port);
  return {
    port,
    tlsPort,
    folder,
    stop: async () => {
      await program.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

type Places = { home: string; folder: string; host: string; port: number; tlsPort: number };

function config({ home, folder, host, port, tlsPort }: Places): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = kinds.map((kind) => `${kind}_temp_path ${home}/temp/${kind};`).join('\n  ');
  return `
daemon off;
master_process off;
pid ${home}/pid;
error_log stderr crit;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary}
  client_max_body_size 1g;
  server {
    listen ${host}:${port};
    listen ${host}:${tlsPort} ssl;
    ssl_certificate ${home}/cert.pem;
    ssl_certificate_key ${home}/key.pem;
    root ${folder};
    location / { dav_methods PUT; create_full_put_path on; }
  }
}
`;
}

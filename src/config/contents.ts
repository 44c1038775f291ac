import { readFileSync, statSync } from 'node:fs';
import { systemProblem } from './system-problem.ts';
import { Secret } from './secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a reference in the config leads to. */
export type Content =
  | { readonly kind: 'read'; readonly secret: Secret; readonly warning?: string }
  | { readonly kind: 'missing'; readonly message: string };

/** Reads what a text of this format refers to; undefined for formats that refer to nothing. */
export function readReference(format: string, value: string, env: Environment): Content | undefined {
  switch (format) {
    case 'secret-reference':
      return value.startsWith('env:')
        ? readVariable(value.slice('env:'.length), env)
        : readSecretFile(value.slice('file:'.length));
    case 'pem-file':
      return expectPem(readBytes(value), value, 'CERTIFICATE');
    case 'pem-key-file':
      return expectPem(readSecretFile(value), value, 'PRIVATE KEY');
    default:
      return undefined;
  }
}

/** The file that a text of this format refers to; undefined when it is none. */
export function referredFile(format: string, value: string): string | undefined {
  if (format === 'pem-file' || format === 'pem-key-file') return value;
  return format === 'secret-reference' && value.startsWith('file:') ? value.slice('file:'.length) : undefined;
}

function readVariable(name: string, env: Environment): Content {
  const value = env[name];
  if (value === undefined) return { kind: 'missing', message: `the environment variable ${name} is not set` };
  if (value === '') return { kind: 'missing', message: `the environment variable ${name} is empty` };
  return { kind: 'read', secret: new Secret(Buffer.from(value, 'utf8')) };
}

function readSecretFile(path: string): Content {
  const content = readBytes(path);
  if (content.kind === 'missing') return content;
  const open = (statSync(path).mode & 0o006) !== 0;
  if (!open) return content;
  return { ...content, warning: `${path} is open to every user of this machine; run chmod o= on it` };
}

/** The last line end is the editor's, not the secret's. */
function readBytes(path: string): Content {
  try {
    const bytes = readFileSync(path);
    const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
    const content = bytes.subarray(0, end);
    if (content.length === 0) return { kind: 'missing', message: `${path} is empty` };
    return { kind: 'read', secret: new Secret(content) };
  } catch (error) {
    return { kind: 'missing', message: `${path} ${systemProblem(error)}` };
  }
}

function expectPem(content: Content, path: string, what: 'CERTIFICATE' | 'PRIVATE KEY'): Content {
  if (content.kind === 'missing') return content;
  const holds = new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(content.secret.revealText());
  return holds ? content : { kind: 'missing', message: `${path} holds no PEM block of a ${what.toLowerCase()}` };
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { DataFolderError } from './data-folder-error.ts';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Seals texts for the database; `context` binds a sealed text to its place, so that rows cannot be swapped. */
export type Secrets = {
  seal(text: string, context: string): Buffer;
  /** Throws if the text was sealed with another key or context, or was changed. */
  unseal(sealed: Buffer, context: string): string;
};

/**
 * Reads the key file, or makes one if there is none. Throws DataFolderError if the key is missing while the database
 * holds texts sealed with it, or if the file is not a key.
 */
export function openSecrets(keyFile: string, holdsSealedTexts: boolean): Secrets {
  if (!existsSync(keyFile)) {
    if (holdsSealedTexts) throw missingKey(keyFile);
    createKey(keyFile);
  }
  const key = readFileSync(keyFile);
  if (key.length !== keyBytes) throw new DataFolderError(`${keyFile} is not a key of ${keyBytes} bytes`);
  return { seal: (text, context) => seal(key, text, context), unseal: (sealed, context) => open(key, sealed, context) };
}

/** Written aside and renamed: the file is never there with half a key in it. */
function createKey(keyFile: string): void {
  const draft = `${keyFile}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, randomBytes(keyBytes));
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, keyFile);
}

function seal(key: Buffer, text: string, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(key: Buffer, sealed: Buffer, context: string): string {
  const tagEnd = nonceBytes + tagBytes;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(nonceBytes, tagEnd));
  return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]).toString('utf8');
}

function missingKey(keyFile: string): DataFolderError {
  return new DataFolderError(
    `${keyFile} is missing, and the database holds settings sealed with it (such as AuthorizationKey): put back the ` +
      'gateway.key that belongs to this gateway.db',
  );
}

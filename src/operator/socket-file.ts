import { once } from 'node:events';
import { unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join, relative } from 'node:path';

/** sockaddr_un holds 108 bytes on Linux and 104 elsewhere, with a closing zero; longer paths are cut off silently. */
const longestPathBytes = process.platform === 'linux' ? 107 : 103;

/** The gateway's socket in its data folder. */
export function socketPathIn(folder: string): string {
  return join(folder, 'gateway.sock');
}

/** The path itself, or a shorter one from the working directory; throws when neither fits into a socket's address. */
export function socketAddress(path: string): string {
  const address = [path, relative(process.cwd(), path)].find((name) => Buffer.byteLength(name) <= longestPathBytes);
  if (address === undefined) {
    throw new Error(`${path} is too long for a Unix socket: ${longestPathBytes} bytes at most`);
  }
  return address;
}

/**
 * Listens on a Unix socket that only the gateway's own user may open (mode 0600). The file of a process that is gone is
 * replaced; rejects when somebody still listens there.
 */
export async function listenOnSocketFile(server: Server, path: string): Promise<void> {
  const address = socketAddress(path);
  try {
    await listenPrivately(server, address);
  } catch (thrown) {
    if (!hasCode(thrown, 'EADDRINUSE')) throw thrown;
    if (await somebodyListens(path)) throw new Error(`another gateway listens on ${path}`, { cause: thrown });
    await unlink(address);
    await listenPrivately(server, address);
  }
}

async function listenPrivately(server: Server, address: string): Promise<void> {
  // The file is created inside listen(), so no moment is left in which others could open it.
  const before = process.umask(0o177);
  try {
    server.listen(address);
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
}

/** Whether a process listens on the Unix socket; false also when the file is not there or is nobody's any more. */
export async function somebodyListens(path: string): Promise<boolean> {
  const socket = connect(socketAddress(path));
  try {
    await once(socket, 'connect');
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT') || hasCode(thrown, 'ECONNREFUSED')) return false;
    throw thrown;
  } finally {
    socket.destroy();
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

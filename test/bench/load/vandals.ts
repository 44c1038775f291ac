import { connect, type Socket } from 'node:net';
import { type Malformed, malformedRequests } from '../wire/malformed.ts';
import type { LoadSeen } from './loops.ts';

const seed = 7;
const requests = malformedRequests(210, seed);
const goodForEach = 9;

/** Sends a malformed message to `port` for every nine of which `load` tells; all are answered when it resolves. */
export async function besideVandals(
  port: number | undefined,
  load: (told: () => void) => Promise<LoadSeen>,
): Promise<LoadSeen> {
  if (port === undefined) return load(() => undefined);
  const vandals = new Vandals(port);
  let good = 0;
  const seen = await load(() => {
    good += 1;
    if (good % goodForEach === 0) vandals.send();
  });
  await vandals.leave();
  return seen;
}

/** Connections that carry nothing good, one message at a time; each is kept for as long as the other side keeps it. */
class Vandals {
  readonly #port: number;
  readonly #idle: Socket[] = [];
  #sent = 0;
  #underWay = 0;
  #left: () => void = () => undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** One malformed message, whatever became of the last ones. */
  send(): void {
    const request = requests[this.#sent % requests.length];
    if (request === undefined) return;
    this.#sent += 1;
    this.#underWay += 1;
    const socket = this.#idle.pop() ?? this.#connect();
    this.#post(socket, request).then(
      (stays) => {
        if (stays) this.#idle.push(socket);
        else socket.destroy();
        this.#underWay -= 1;
        if (this.#underWay === 0) this.#left();
      },
      (problem: unknown) => {
        throw problem;
      },
    );
  }

  /** Resolves when nothing is under way any more. */
  async leave(): Promise<void> {
    if (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        this.#left = resolve;
      });
    }
    for (const socket of this.#idle) socket.destroy();
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('close', () => {
      const place = this.#idle.indexOf(socket);
      if (place !== -1) this.#idle.splice(place, 1);
    });
    // a reset is one of the answers that a vandal gets; 'close' follows
    socket.on('error', () => undefined);
    return socket;
  }

  /** True if the connection can carry another. Rejects if it was taken for a good message. */
  #post(socket: Socket, { bytes, kind }: Malformed): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle = (stays: boolean): void => {
        socket.off('data', heard);
        socket.off('close', closed);
        resolve(stays);
      };
      const closed = (): void => settle(false);
      const heard = (chunk: Buffer): void => {
        const answer = chunk.toString('latin1');
        if (answer.startsWith('HTTP/1.1 200')) reject(new Error(`a malformed message was served: ${answer}`));
        settle(kind === 'whole' && !/\r\nconnection: close/i.test(answer));
      };
      socket.on('data', heard);
      socket.on('close', closed);
      if (kind === 'breaksOff') socket.end(bytes);
      else socket.write(bytes);
    });
  }
}

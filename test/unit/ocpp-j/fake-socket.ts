import type { LinkSettings } from '../../../src/gateway/ports.ts';
import type { LinkSocket, SocketEvents } from '../../../src/ocpp-j/socket.ts';

/** A socket whose other end is the test. */
export class FakeSocket implements LinkSocket {
  readonly sent: string[] = [];
  readonly settings: LinkSettings;
  readonly events: SocketEvents;
  pings = 0;
  closedWith: number | undefined;
  cutFor: string | undefined;
  over = false;

  constructor(settings: LinkSettings, events: SocketEvents) {
    this.settings = settings;
    this.events = events;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  ping(): void {
    this.pings += 1;
  }

  close(code: number): void {
    this.closedWith = code;
  }

  cut(reason: string): void {
    this.cutFor = reason;
    this.end(reason);
  }

  end(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.events.ended(reason);
  }

  answer(payload: object): void {
    const [, id] = JSON.parse(this.sent.at(-1) ?? '[]') as unknown[];
    this.events.text(JSON.stringify([3, id, payload]));
  }
}

import { actionOf, type ChargerAction, counterMark, requestEnvelope, transactionMark } from './envelopes.ts';

export type Caller = { readonly identity: string; readonly callbackUrl: string };

/** One HTTP request, built once; `numbered` writes the next numbers over the last ones. */
export class RequestBytes {
  readonly #bytes: Buffer;
  readonly #counterPlaces: readonly number[];

  constructor(action: ChargerAction, caller: Caller, transactionId: number) {
    const id = String(transactionId).padStart(transactionMark.length, '0');
    const body = requestEnvelope(action, caller).replace(transactionMark, id);
    const head = [
      `POST /ocpp/${caller.identity} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Content-Type: application/soap+xml; charset=utf-8; action="/${actionOf(action)}"`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
    this.#counterPlaces = placesOf(this.#bytes, counterMark);
  }

  /** The request with this number in it; valid until the next call. */
  numbered(counter: number): Buffer {
    for (const place of this.#counterPlaces) writeDigits(this.#bytes, place, counter);
    return this.#bytes;
  }
}

function placesOf(bytes: Buffer, mark: string): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) places.push(at);
  return places;
}

const zero = 48;

/** Leading zeros keep the length; the first digit is never one, since meter readings are integers. */
function writeDigits(bytes: Buffer, place: number, counter: number): void {
  let rest = 100_000_000 + (counter % 100_000_000);
  for (let digit = counterMark.length - 1; digit >= 0; digit -= 1) {
    bytes[place + digit] = zero + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

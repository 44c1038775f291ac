import { randomFrom } from '../optimizer-sites.ts';
import { counterMark, requestEnvelope, transactionMark } from './envelopes.ts';

/**
 * One malformed request. `whole` is answered, and its connection can carry the next. Of one that is `overlong` the rest
 * is taken for another request, which ends the connection. A sender that `breaksOff` is owed no answer.
 */
export type Malformed = { readonly bytes: Buffer; readonly kind: 'whole' | 'overlong' | 'breaksOff' };

const speaker = { identity: 'VANDAL-1', callbackUrl: 'http://127.0.0.1:9/VANDAL-1' };
const good = requestEnvelope('MeterValues', speaker)
  .replaceAll(counterMark, '123456789')
  .replaceAll(transactionMark, '0000001');

/** Deeper than any envelope, and hardly longer than a good one. */
const depth = 40;

type Random = () => number;

/** As a charger, a proxy or somebody in their place gets it wrong; each about as long as a good message. */
const kinds: readonly ((random: Random) => Malformed)[] = [
  (random) => request(good.slice(0, Math.floor(good.length * (0.1 + 0.85 * random())))),
  () => request(good.replace('2003/05/soap-envelope', '2003/05/soap-envelopes')),
  () => request(good.replace('urn://Ocpp/Cs/2015/10/', 'urn://Ocpp/Cs/2025/10/')),
  () => request(good.replace('<cs:meterValue>', `${'<cs:x>'.repeat(depth)}${'</cs:x>'.repeat(depth)}<cs:meterValue>`)),
  () => request(good.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>')),
  (random) => request(good, Math.ceil(random() * 500)),
  (random) => request(good, -Math.ceil(random() * 500)),
];

/** So many requests, each kind as often as the others; the same for the same seed. */
export function malformedRequests(count: number, seed: number): readonly Malformed[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length]?.(random) ?? request(''));
}

/** `excess`: by how many bytes Content-Length exceeds the body. */
function request(body: string, excess = 0): Malformed {
  const head = [
    `POST /ocpp/${speaker.identity} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/soap+xml; charset=utf-8; action="/MeterValues"',
    `Content-Length: ${Buffer.byteLength(body) + excess}`,
  ];
  const kind = excess === 0 ? 'whole' : excess > 0 ? 'breaksOff' : 'overlong';
  return { kind, bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`) };
}

import { isDeepStrictEqual } from 'node:util';
import type { Log, Meters, ShadowOutcome } from '../gateway/ports.ts';
import type { SoapMessage, Unreadable } from './message.ts';
import { printPath } from './reading.ts';
import type { XmlDecoder } from './xml/decoder.ts';

/** One in so many messages is decoded by a second decoder as well; what that says is counted and never acted on. */
export interface Shadow {
  /** Looks at a message that was decoded; `again` decodes the same text. Never throws. */
  watch(xml: string, first: Decoded, again: (decoder: XmlDecoder) => Decoded): void;
}

type Decoded = SoapMessage | Unreadable;

export type ShadowParts = {
  /** The one that counts, timed on the messages that are read twice. */
  readonly first: XmlDecoder;
  readonly decoder: XmlDecoder;
  /** Asked at each message: 1 is each of them, 0 none. */
  readonly every: () => number;
  readonly meters: Pick<Meters, 'decodedTwice' | 'translated'>;
  readonly log: Pick<Log, 'debug' | 'warn' | 'error'>;
};

/** UTF-16 units. The reference decoder takes 10 ms for the worst of this length, in the turn of the message. */
const longestWatched = 16_384;

export function createShadow({ first: timed, decoder, every, meters, log }: ShadowParts): Shadow {
  let passed = 0;
  return {
    watch: (xml, first, again) => {
      const wanted = every();
      passed += 1;
      if (wanted === 0 || passed < wanted || xml.length > longestWatched) return;
      passed = 0;
      try {
        const startedMs = performance.now();
        again(timed);
        meters.translated((performance.now() - startedMs) / 1000);
        const second = again(decoder);
        const outcome = compare(first, second);
        meters.decodedTwice(outcome);
        if (outcome === 'same') return;
        const { kind, action } = { action: undefined, ...first };
        log.warn('decoders differ', { outcome, kind, action, field: firstDifference(first, second) });
        log.debug('decoders differ on', {
          outcome,
          first: reasonOf(first),
          second: reasonOf(second),
          head: xml.slice(0, 240),
        });
      } catch (bug) {
        meters.decodedTwice('failed');
        log.error('shadow decoder failed', { characters: xml.length }, bug);
      }
    },
  };
}

/** The words of a refusal are each decoder's own. */
function compare(first: Decoded, second: Decoded): ShadowOutcome {
  if (first.kind === 'unreadable' && second.kind === 'unreadable') {
    return isDeepStrictEqual(withoutWords(first), withoutWords(second)) ? 'same' : 'otherRefusal';
  }
  if (first.kind === 'unreadable') return 'onlyFirstRefuses';
  if (second.kind === 'unreadable') return 'onlySecondRefuses';
  return isDeepStrictEqual(first, second) ? 'same' : 'otherValues';
}

function withoutWords({ error, ...rest }: Unreadable): unknown {
  return { ...rest, code: error.code };
}

const reasonOf = (message: Decoded) => (message.kind === 'unreadable' ? message.error.message : undefined);

/** Where two messages begin to differ, such as `payload.meterValue[0].timestamp`: the place, never what stands there. */
function firstDifference(first: unknown, second: unknown, path: readonly (string | number)[] = []): string {
  if (!isContainer(first) || !isContainer(second)) return printPath(path);
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  const name = names.find((candidate) => !isDeepStrictEqual(first[candidate], second[candidate]));
  if (name === undefined) return printPath(path);
  return firstDifference(first[name], second[name], [...path, Array.isArray(first) ? Number(name) : name]);
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import type { ErrorCode } from '../ocpp/errors.ts';
import type { Payload } from '../gateway/ports.ts';
import { callErrorName } from './errors.ts';

/**
 * The three frames of OCPP-J 1.6 §4.2, read tolerantly and written strictly. Pure: text in, data out.
 *
 * A `token` is a message id as it stands in JSON, quotes included, so that a numeric id is answered digit by digit.
 */
export type Reading =
  | { readonly kind: 'call'; readonly token: string; readonly action: string; readonly payload: Payload }
  | { readonly kind: 'result'; readonly id: string; readonly payload: Payload }
  | {
      readonly kind: 'error';
      readonly id: string;
      readonly code: string;
      readonly description: string;
      readonly details: Payload;
    }
  /** An answer whose payload cannot be used: the call is over all the same. */
  | { readonly kind: 'brokenResult'; readonly id: string; readonly description: string }
  /** To be answered with a CALLERROR under `token`. */
  | { readonly kind: 'broken'; readonly token: string; readonly rule: BrokenRule; readonly description: string }
  /** Not to be answered: an empty keep-alive frame, a message type of later versions, an answer that names no call. */
  | { readonly kind: 'ignored'; readonly rule: IgnoredRule };

export type BrokenRule = 'notJson' | 'notArray' | 'tooDeep' | 'unreadableId' | 'noAction' | 'noPayload';
export type IgnoredRule = 'empty' | 'messageType' | 'unreadableAnswer';

/** The id under which a frame without a readable id is answered (OCPP-J 2.0.1 §4.2.3; 1.6 names none). */
const unreadableToken = '"-1"';

/** OCPP 1.6 needs 7 levels. What is deeper is an attack on recursive readers. */
const maxDepth = 32;

/** OCPP-J 1.6 §4.1.4 allows 36; some peers use more, and the id is sent back. */
const maxIdLength = 255;

/** OCPP-J 2.0.1 §4.2.3; 1.6 sets no limit. */
const maxDescriptionLength = 255;

/** Reads one text frame; never throws. */
export function readFrame(text: string): Reading {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'ignored', rule: 'empty' };
  const frame = parseJson(trimmed);
  if (frame === undefined) return broken(unreadableToken, 'notJson', 'the frame is not JSON');
  if (!Array.isArray(frame)) return broken(unreadableToken, 'notArray', 'the frame is not an array');
  if (!sanitise(frame, 0)) return tooDeep(frame, trimmed);
  return readArray(frame, trimmed);
}

/** A CALL. `id` is ours: at most 36 characters. */
export function writeCall(id: string, action: string, payload: Payload): string {
  return `[2,${JSON.stringify(id)},${JSON.stringify(action)},${JSON.stringify(payload)}]`;
}

/** A CALLRESULT under the token of the CALL that it answers. */
export function writeResult(token: string, payload: Payload): string {
  return `[3,${token},${JSON.stringify(payload)}]`;
}

/** A CALLERROR under the token of the CALL that it answers. */
export function writeError(token: string, code: ErrorCode, description: string, details: Payload = {}): string {
  const words = JSON.stringify(description.slice(0, maxDescriptionLength));
  return `[4,${token},"${callErrorName(code)}",${words},${JSON.stringify(details)}]`;
}

function readArray(frame: readonly unknown[], text: string): Reading {
  switch (frame[0]) {
    case 2:
      return readCall(frame, text);
    case 3:
      return readResult(frame);
    case 4:
      return readError(frame);
    default:
      // OCPP-J 1.6 §4.1.3: a message with another type number is ignored.
      return { kind: 'ignored', rule: 'messageType' };
  }
}

function readCall(frame: readonly unknown[], text: string): Reading {
  const token = tokenOf(frame[1], text);
  if (token === undefined) return broken(unreadableToken, 'unreadableId', 'the message id is not a text');
  const action = frame[2];
  if (typeof action !== 'string') return broken(token, 'noAction', 'the action is not a text');
  const payload = payloadOf(frame[3]);
  if (payload === undefined) return broken(token, 'noPayload', 'the payload is not an object');
  return { kind: 'call', token, action, payload };
}

function readResult(frame: readonly unknown[]): Reading {
  const id = idOf(frame[1]);
  if (id === undefined) return { kind: 'ignored', rule: 'unreadableAnswer' };
  const payload = payloadOf(frame[2]);
  if (payload === undefined) return { kind: 'brokenResult', id, description: 'the payload is not an object' };
  return { kind: 'result', id, payload };
}

function readError(frame: readonly unknown[]): Reading {
  const id = idOf(frame[1]);
  if (id === undefined) return { kind: 'ignored', rule: 'unreadableAnswer' };
  const [code, description] = [textOf(frame[2]), textOf(frame[3])];
  return { kind: 'error', id, code, description, details: payloadOf(frame[4]) ?? {} };
}

function tooDeep(frame: readonly unknown[], text: string): Reading {
  const description = `the frame is nested deeper than ${maxDepth} levels`;
  if (frame[0] === 3 || frame[0] === 4) {
    const id = idOf(frame[1]);
    return id === undefined ? { kind: 'ignored', rule: 'unreadableAnswer' } : { kind: 'brokenResult', id, description };
  }
  return broken(tokenOf(frame[1], text) ?? unreadableToken, 'tooDeep', description);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= maxIdLength ? value : undefined;
}

function tokenOf(value: unknown, text: string): string | undefined {
  if (typeof value === 'number') return digitsOf(text);
  return idOf(value) === undefined ? undefined : JSON.stringify(value);
}

/** The digits of a numeric id as they came: as a number, 2^53 + 1 would come back as 2^53. */
function digitsOf(text: string): string | undefined {
  const digits = /^\[[^,]*,\s*([-+.\deE]+)/.exec(text)?.[1];
  return digits !== undefined && digits.length <= maxIdLength ? digits : undefined;
}

/** Old stacks write `null`, or nothing, for an empty payload. */
function payloadOf(value: unknown): Payload | undefined {
  if (value === undefined || value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Payload) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Drops `__proto__` members, which would change the object they are copied to; false when nested too deeply. */
function sanitise(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => sanitise(item, depth + 1));
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  return Object.values(value).every((member) => sanitise(member, depth + 1));
}

function broken(token: string, rule: BrokenRule, description: string): Reading {
  return { kind: 'broken', token, rule, description };
}

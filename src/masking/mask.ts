import { hidden, isSecret, maskText } from './mask-text.ts';

const atDebugOnly = '[at debug only]';
const deepest = 8;
const longestList = 50;

const payloadNames = new Set(['payload', 'body', 'envelope', 'frame']);

/** What of a log line's fields may be shown. */
export type MaskOptions = {
  /** True at level debug: payloads are shown, idTags and secrets never. */
  readonly payloads: boolean;
};

/** Copies a value for the log with secrets and idTags hidden at any depth; bounded in depth and in length of lists. */
export function maskValue(value: unknown, options: MaskOptions, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return describeError(value);
  if (depth >= deepest) return '[deeper]';
  if (Array.isArray(value)) return maskList(value, options, depth);
  if (value instanceof Map) return maskRecord(Object.fromEntries(value), options, depth);
  if (value instanceof Set) return maskList([...value], options, depth);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON();
    return maskValue(json, options, depth + 1);
  }
  return maskRecord(value, options, depth);
}

function maskList(list: readonly unknown[], options: MaskOptions, depth: number): readonly unknown[] {
  const shown = list.slice(0, longestList).map((entry) => maskValue(entry, options, depth + 1));
  return list.length > longestList ? [...shown, `[${list.length - longestList} more]`] : shown;
}

/** `maskValue` for what is known to be a record. */
export function maskRecord(record: object, options: MaskOptions, depth = 0): Readonly<Record<string, unknown>> {
  // ChangeConfiguration carries its secrets as { key: 'AuthorizationKey', value }: there the key is a name.
  const setting = 'key' in record && 'value' in record && typeof record.key === 'string' ? record.key : undefined;
  const entries: readonly [string, unknown][] = Object.entries(record);
  const masked: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) {
    if (setting !== undefined && name === 'key') masked[name] = maskText(setting);
    else if (setting !== undefined && name === 'value' && isSecret(setting)) masked[name] = hidden;
    else masked[name] = maskMember(name, value, options, depth);
  }
  return masked;
}

function maskMember(name: string, value: unknown, options: MaskOptions, depth: number): unknown {
  if (value === undefined || value === null) return value;
  if (isSecret(name)) return hidden;
  if (!options.payloads && payloadNames.has(name.toLowerCase())) return atDebugOnly;
  return maskValue(value, options, depth + 1);
}

/** An error as plain data for the log: its kind, code, message, stack and the chain of its causes, five deep at most. */
export function describeError(thrown: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(thrown instanceof Error)) return { kind: typeof thrown, message: maskText(String(thrown)) };
  const code = 'code' in thrown ? { code: maskValue(thrown.code, { payloads: false }) } : {};
  const cause = thrown.cause === undefined || depth >= 5 ? {} : { cause: describeError(thrown.cause, depth + 1) };
  const parts =
    thrown instanceof AggregateError && depth < 5
      ? { errors: thrown.errors.map((part) => describeError(part, depth + 1)) }
      : {};
  return {
    kind: thrown.name,
    ...code,
    message: maskText(thrown.message),
    stack: maskText(thrown.stack ?? ''),
    ...cause,
    ...parts,
  };
}

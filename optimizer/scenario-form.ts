import { unknownKeys } from './known-keys.ts';
import { FormError, listOf, type Reader, record } from './reading.ts';

/** All that is wrong with an input, one sentence for each field. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly violations: readonly string[];

  constructor(violations: readonly string[]) {
    super(violations.join('; '));
    this.violations = violations;
  }
}

type Fields = Parameters<typeof record>[0];

/**
 * As `record`, but tells of every field that is wrong, not only of the first, and of every key that is none of its own
 * nor of those that are `readElsewhere`. Throws ScenarioError.
 */
export function whole<F extends Fields>(
  fields: F,
  readElsewhere: readonly string[] = [],
): ReturnType<typeof record<F>> {
  const known = [...Object.keys(fields), ...readElsewhere];
  return (value, path) => {
    const outline = gathered(() => record({})(value, path));
    if (outline.kind === 'wrong') throw new ScenarioError(outline.violations);
    const unknown = unknownKeys(value, path, known);
    const parts = Object.entries(fields).map(([name, field]) => gathered(() => record({ [name]: field })(value, path)));
    // each part is one field of the record that F describes
    return Object.assign({}, ...allRead(parts, unknown)) as Read<ReturnType<typeof record<F>>>;
  };
}

/** As `listOf`, but tells of every entry that is wrong. Throws ScenarioError. */
export function wholeList<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    const list = gathered(() => listOf((item) => item)(value, path));
    if (list.kind === 'wrong') throw new ScenarioError(list.violations);
    return allRead(list.read.map((item, index) => gathered(() => reader(item, `${path}[${index}]`))));
  };
}

/** Throws ScenarioError unless nothing is wrong. */
export function refuse(violations: readonly string[]): void {
  if (violations.length > 0) throw new ScenarioError(violations);
}

type Read<R> = R extends Reader<infer T> ? T : never;
type Gathered<T> =
  | { readonly kind: 'read'; readonly read: T }
  | { readonly kind: 'wrong'; readonly violations: readonly string[] };

function gathered<T>(read: () => T): Gathered<T> {
  try {
    return { kind: 'read', read: read() };
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return { kind: 'wrong', violations: thrown.violations };
    if (thrown instanceof FormError) return { kind: 'wrong', violations: [thrown.message] };
    throw thrown;
  }
}

function allRead<T>(parts: readonly Gathered<T>[], unknown: readonly string[] = []): readonly T[] {
  refuse([...unknown, ...parts.flatMap((part) => (part.kind === 'wrong' ? part.violations : []))]);
  return parts.flatMap((part) => (part.kind === 'read' ? [part.read] : []));
}

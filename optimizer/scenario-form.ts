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

/** As `record`, but tells of every field that is wrong, not only of the first. Throws ScenarioError. */
export function whole<F extends Fields>(fields: F): ReturnType<typeof record<F>> {
  return (value, path) => {
    const outline = gathered(() => record({})(value, path));
    if (outline.kind === 'wrong') throw new ScenarioError(outline.violations);
    const parts = Object.entries(fields).map(([name, field]) => gathered(() => record({ [name]: field })(value, path)));
    // each part is one field of the record that F describes
    return Object.assign({}, ...allRead(parts)) as Read<ReturnType<typeof record<F>>>;
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

function allRead<T>(parts: readonly Gathered<T>[]): readonly T[] {
  refuse(parts.flatMap((part) => (part.kind === 'wrong' ? part.violations : [])));
  return parts.flatMap((part) => (part.kind === 'read' ? [part.read] : []));
}

/** Widest line of the formatter's settings: what fits stays on one line, as the formatter would have it. */
const lineWidth = 120;

/** TypeScript source of a name, instead of a value. */
export type Name = { readonly identifier: string };

export type Literal = string | number | boolean | Name | readonly Literal[] | { readonly [key: string]: Literal };

/** Prints `<before><literal><after>` the way the formatter does, so that generated files need no formatting. */
export function printLiteral(before: string, literal: Literal, after: string, indent = ''): string {
  const line = `${indent}${before}${flat(literal)}${after}`;
  if (line.length <= lineWidth && !mustBreak(literal)) return line;
  const deeper = `${indent}  `;
  if (isList(literal)) {
    const items = literal.map((item) => printLiteral('', item, ',', deeper));
    return [`${indent}${before}[`, ...items, `${indent}]${after}`].join('\n');
  }
  if (typeof literal !== 'object' || isName(literal)) return line;
  const entries = Object.entries(literal).map(([key, value]) => printLiteral(`${key}: `, value, ',', deeper));
  return [`${indent}${before}{`, ...entries, `${indent}}${after}`].join('\n');
}

/** Prints a type that is one of several literal strings. */
export function printUnion(before: string, values: readonly string[]): string {
  const line = `${before} ${values.map(quoted).join(' | ')};`;
  if (line.length <= lineWidth) return line;
  return `${before}\n${values.map((value) => `  | ${quoted(value)}`).join('\n')};`;
}

function flat(literal: Literal): string {
  if (typeof literal === 'string') return quoted(literal);
  if (typeof literal !== 'object') return String(literal);
  if (isList(literal)) return `[${literal.map(flat).join(', ')}]`;
  if (isName(literal)) return literal.identifier;
  const entries = Object.entries(literal).map(([key, value]) => `${key}: ${flat(value)}`);
  return `{ ${entries.join(', ')} }`;
}

/** The formatter never joins a list of several objects into one line. */
function mustBreak(literal: Literal): boolean {
  if (typeof literal !== 'object' || isName(literal)) return false;
  if (!isList(literal)) return Object.values(literal).some(mustBreak);
  const severalObjects = literal.length > 1 && literal.every((item) => typeof item === 'object' && !isName(item));
  return severalObjects || literal.some(mustBreak);
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function isList(literal: Literal): literal is readonly Literal[] {
  return Array.isArray(literal);
}

function isName(literal: object): literal is Name {
  return 'identifier' in literal;
}

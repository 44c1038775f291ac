import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { type KeyPath, type Mistake, type Place, type Sources, sourceKey } from './place.ts';
import { systemProblem } from './system-problem.ts';

/** What a YAML file holds, as plain data, and where each value of it stands. */
export type YamlSource =
  | { readonly kind: 'read'; readonly data: unknown; readonly sources: Sources }
  | { readonly kind: 'broken'; readonly mistakes: readonly Mistake[] };

/** Reads a YAML file; what the operating system objects to is a mistake at its first character. */
export function readYamlFile(file: string): YamlSource {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const place = { kind: 'file', file, line: 1, column: 1 } as const;
    return { kind: 'broken', mistakes: [{ place, path: [], message: `the config file ${systemProblem(error)}` }] };
  }
  return readYaml(text, file);
}

/** More uses of aliases than this, counted multiplied, is an attack and not a config. */
const MAX_ALIASES = 100;

/**
 * Reads YAML 1.2 strictly: one document, no duplicate keys, no unknown tags, few aliases. Keys keep their spelling, so
 * that the identity 0012 stays 0012; empty values (`groups:` with nothing below) count as not written.
 */
export function readYaml(yaml: string, file: string): YamlSource {
  const lines = new LineCounter();
  // Pretty errors quote the line, which may hold a secret.
  const document = parseDocument(yaml, { version: '1.2', strict: true, prettyErrors: false, lineCounter: lines });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const broken = (offset: number, words: string): Mistake => ({
    place: placeAt(offset),
    path: [],
    message: `not valid YAML: ${words}`,
  });
  const mistakes = [...document.errors, ...document.warnings].map((error) =>
    broken(error.pos[0], firstLine(error.message)),
  );
  if (mistakes.length > 0) return { kind: 'broken', mistakes };
  const alias = aliasMistake(document);
  if (alias !== undefined) return { kind: 'broken', mistakes: [broken(alias.offset, alias.words)] };
  const reader: Reader = { document, placeAt, keys: new Map(), values: new Map() };
  const data = readNode(reader, document.contents, []) ?? {};
  return { kind: 'read', data, sources: { root: placeAt(0), keys: reader.keys, values: reader.values } };
}

type AliasMistake = { readonly offset: number; readonly words: string };

/** Aliases that lead nowhere, into themselves, or (expanded once, under the library's own limit) too far. */
function aliasMistake(document: Document.Parsed): AliasMistake | undefined {
  const astray = aliasAstray(document);
  if (astray !== undefined) return astray;
  try {
    document.toJS({ maxAliasCount: MAX_ALIASES });
    return undefined;
  } catch (error) {
    if (error instanceof ReferenceError) return { offset: document.range[0], words: firstLine(error.message) };
    throw error;
  }
}

function aliasAstray(document: Document.Parsed): AliasMistake | undefined {
  let found: AliasMistake | undefined;
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return undefined;
      const words = target === undefined ? 'has no anchor before it' : 'stands inside its own anchor';
      found = { offset: alias.range?.[0] ?? 0, words: `the alias *${alias.source} ${words}` };
      return visit.BREAK;
    },
  });
  return found;
}

type Reader = {
  readonly document: Document.Parsed;
  readonly placeAt: (offset: number) => Place;
  readonly keys: Map<string, Place>;
  readonly values: Map<string, Place>;
};

function readNode(reader: Reader, node: unknown, path: KeyPath): unknown {
  const target = isAlias(node) ? node.resolve(reader.document) : node;
  if (isNode(target) && target.range) reader.values.set(sourceKey(path), reader.placeAt(target.range[0]));
  if (isScalar(target)) return target.value ?? undefined;
  if (isSeq(target)) return target.items.map((item, index) => readNode(reader, item, [...path, index]));
  if (!isMap(target)) return undefined;
  const entries = target.items.map(({ key, value }) => readPair(reader, key, value, path));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function readPair(reader: Reader, key: unknown, value: unknown, path: KeyPath): readonly [string, unknown] {
  const name = keyText(key);
  const inner = [...path, name];
  if (isNode(key) && key.range) reader.keys.set(sourceKey(inner), reader.placeAt(key.range[0]));
  return [name, readNode(reader, value, inner)];
}

/** As written: the identity 0012 is not the number 12. */
const keyText = (key: unknown): string => (isScalar(key) ? (key.source ?? String(key.value)) : String(key));

const firstLine = (message: string): string => message.split('\n')[0] ?? message;

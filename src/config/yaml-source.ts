import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { type KeyPath, type Mistake, type Place, type Sources, sourceKey } from './place.ts';

/** What a YAML file holds, as plain data, and where each value of it stands. */
export type YamlSource =
  | { readonly kind: 'read'; readonly data: unknown; readonly sources: Sources }
  | { readonly kind: 'broken'; readonly mistakes: readonly Mistake[] };

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
  if (alias !== undefined) return { kind: 'broken', mistakes: [broken(document.range[0], alias)] };
  const reader: Reader = { document, placeAt, keys: new Map(), values: new Map() };
  const data = readNode(reader, document.contents, []) ?? {};
  return { kind: 'read', data, sources: { root: placeAt(0), keys: reader.keys, values: reader.values } };
}

/** Expands all aliases once, under the library's own limit, before anything else follows them. */
function aliasMistake(document: Document.Parsed): string | undefined {
  if (refersToItself(document)) return 'an alias stands inside its own anchor';
  try {
    document.toJS({ maxAliasCount: MAX_ALIASES });
    return undefined;
  } catch (error) {
    // The library says so of bombs and of aliases without an anchor.
    if (error instanceof ReferenceError) return firstLine(error.message);
    throw error;
  }
}

function refersToItself(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      found ||= target !== undefined && ancestors.includes(target);
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

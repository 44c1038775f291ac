/** Where something was said: a line and column (both from 1) of the config file, or an environment variable. */
export type Place =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'env'; readonly name: string };

/** Keys and list indexes from the root of the config. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong (or, as a warning, doubtful). `message` says what was expected; it never holds a secret. */
export type Mistake = { readonly place: Place; readonly path: KeyPath; readonly message: string };

/** Where the key and the value of each path were said. */
export type Sources = {
  readonly root: Place;
  readonly keys: ReadonlyMap<string, Place>;
  readonly values: ReadonlyMap<string, Place>;
};

/** The form of a path under which `Sources` keeps its place. */
export const sourceKey = (path: KeyPath): string => JSON.stringify(path);

/** Place of the value at `path`, else of its list, else the key of the nearest section around it that was written. */
export function placeOf(sources: Sources, path: KeyPath): Place {
  const found = sources.values.get(sourceKey(path));
  if (found !== undefined) return found;
  return typeof path.at(-1) === 'number' ? placeOf(sources, path.slice(0, -1)) : placeOfKey(sources, path);
}

/** Place of the key (or item of a list) at `path`, else of the nearest section around it that was written. */
export function placeOfKey(sources: Sources, path: KeyPath): Place {
  const places = typeof path.at(-1) === 'number' ? sources.values : sources.keys;
  const found = places.get(sourceKey(path));
  if (found !== undefined) return found;
  return path.length === 0 ? sources.root : placeOfKey(sources, path.slice(0, -1));
}

/** `chargers["CP 1"].csms.url`, `callbackNetworks[0]`; the root is empty. */
export function describePath(path: KeyPath): string {
  const parts = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return parts.join('').replace(/^\./, '');
}

/** `file:line:column path: message`, or `env NAME path: message`. */
export function describeMistake({ place, path, message }: Mistake): string {
  const where = describePlace(place);
  return path.length === 0 ? `${where} ${message}` : `${where} ${describePath(path)}: ${message}`;
}

/** `file:line:column`, or `env NAME`. */
export function describePlace(place: Place): string {
  switch (place.kind) {
    case 'file':
      return `${place.file}:${place.line}:${place.column}`;
    case 'env':
      return `env ${place.name}`;
  }
}

/** Down the file, the environment last. */
export function byPlace({ place: one }: Mistake, { place: other }: Mistake): number {
  if (one.kind === 'file' && other.kind === 'file') return one.line - other.line || one.column - other.column;
  if (one.kind === 'env' && other.kind === 'env') return one.name.localeCompare(other.name);
  return one.kind === 'file' ? -1 : 1;
}

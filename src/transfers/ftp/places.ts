import { harmlessName } from '../door/names.ts';

/** What a job's tree is made of. */
export type Tree = {
  readonly credentials: { readonly token: string };
  readonly goods: { readonly kind: 'download'; readonly name: string } | { readonly kind: 'upload' };
};

/**
 * What a path of a client means. The tree exists only here: at its root the job's folder, called by its token, and in
 * it the one file; for chargers that cannot change folders, the file also stands at the root. No path of a client ever
 * becomes a path on disk.
 */
export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  /** Nothing of this job's. */
  | { readonly kind: 'elsewhere' };

/** Where `argument` leads from `folder` in a job's tree; `..` at the root stays there. */
export function placeOf(folder: string, argument: string, { credentials, goods }: Tree): Place {
  const segments = resolve(folder, argument);
  const path = `/${segments.join('/')}`;
  const [first, ...rest] = segments;
  if (first === undefined || (first === credentials.token && rest.length === 0)) return { kind: 'folder', path };
  const below = first === credentials.token ? rest : segments;
  const last = below.at(-1) ?? '';
  switch (goods.kind) {
    case 'download':
      return below.length === 1 && last === goods.name ? { kind: 'file', path, name: last } : { kind: 'elsewhere' };
    case 'upload': {
      // Chargers sort their uploads into folders of their own; only the root has none, where another job's could be meant.
      const name = harmlessName(last);
      const inside = first === credentials.token || below.length === 1;
      return name !== undefined && inside ? { kind: 'file', path, name } : { kind: 'elsewhere' };
    }
  }
}

/** Where CWD leads: in an upload's folder there is any folder that the charger asks for. */
export function folderOf(folder: string, argument: string, tree: Tree): string | undefined {
  const place = placeOf(folder, argument, tree);
  if (place.kind === 'folder') return place.path;
  const below = `/${tree.credentials.token}/`;
  return tree.goods.kind === 'upload' && place.kind === 'file' && place.path.startsWith(below) ? place.path : undefined;
}

function resolve(folder: string, argument: string): string[] {
  const segments: string[] = [];
  for (const segment of `${argument.startsWith('/') ? '' : `${folder}/`}${argument}`.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

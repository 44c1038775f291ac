import type { Site } from './site.ts';

/** A node of the tree and every node above it, the nearest first; none for an id that is no node's. */
export function pathOf({ tree }: Pick<Site, 'tree'>, id: string): readonly string[] {
  const path: string[] = [];
  for (let next: string | undefined = id; next !== undefined && !path.includes(next); ) {
    const node = tree.find((known) => known.id === next);
    if (node === undefined) break;
    path.push(node.id);
    next = node.parent;
  }
  return path;
}

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/main/package.ts';

/** Where the bench's build lies: ignored by git, and inside the package, so that its dependencies are found. */
const folder = join(packageRoot, 'dist', 'bench');

export type Build = {
  /** A compiled file of `test/bench/children`. */
  child(name: string): string;
  /** A compiled file of `src`. */
  source(path: string): string;
  /** The library that makes syncs slow; undefined without a C compiler. */
  readonly slowSync: string | undefined;
};

/** Compiles product and bench with the options of `npm run build`: what is measured runs without any loader. */
export function build(): Build {
  rmSync(folder, { recursive: true, force: true });
  const project = join(packageRoot, 'test', 'bench', 'tsconfig.json');
  execFileSync(join(packageRoot, 'node_modules', '.bin', 'tsc'), ['-p', project], { stdio: 'inherit' });
  return {
    child: (name) => join(folder, 'test', 'bench', 'children', `${name}.js`),
    source: (path) => join(folder, 'src', path),
    slowSync: compileSlowSync(),
  };
}

function compileSlowSync(): string | undefined {
  const library = join(folder, 'fsync-delay.so');
  const source = join(packageRoot, 'test', 'bench', 'fsync-delay.c');
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'ignore' });
    return library;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

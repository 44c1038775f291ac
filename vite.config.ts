import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const outDir = fileURLToPath(new URL('dist/console', import.meta.url));

/** Puts a `.br` and a `.gz` beside each text that was built: the gateway serves them as they are. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  closeBundle() {
    for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(html|js|css|svg)$/.test(name)) continue;
      const path = join(outDir, name);
      const bytes = readFileSync(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
};

/** Of uPlot, what the console's charts do not need: other kinds of lines, other time zones. Its sources have switches for that, its package has not. */
const unused = [
  '(paths.bars    = bars);',
  '(paths.spline  = monotoneCubic);',
  'uPlot.join = join;',
  'uPlot.tzDate  = tzDate;',
  'const localTz = new Intl.DateTimeFormat().resolvedOptions().timeZone;',
];

const slimmer: Plugin = {
  name: 'slimmer',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('/uPlot.esm.js')) return undefined;
    const missing = unused.filter((text) => !code.includes(text));
    if (missing.length > 0) throw new Error(`this uPlot has no ${missing.join(', ')}`);
    return { code: unused.reduce((rest, text) => rest.replace(text, ''), code), map: null };
  },
};

// Whoever builds, tests too, builds what is shipped: without this, Vite takes over the `test` of the one that calls it.
process.env['NODE_ENV'] = 'production';

/** The console: a page, its script and its style under hashed names, nothing inline (CSP `default-src 'self'`). */
export default defineConfig({
  root: fileURLToPath(new URL('src/console', import.meta.url)),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  plugins: [slimmer, compressed],
});

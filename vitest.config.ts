import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Only what hangs ends here: nothing is judged by the clock of a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // vitest leaves a core free by default: of two, that is half of them
    maxWorkers: availableParallelism(),
    globalSetup: ['test/support/build.ts'],
  },
});

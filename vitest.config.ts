import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that leave nothing behind share a process: half of what they cost is loading the same modules again. */
const sharing = [
  'test/unit/{charging,cli,config,controller,demo,main,ocpp,ocpp-s,operator}/**/*.test.ts',
  // that one looks at the memory of its process
  'test/unit/gateway/!(long-outage).test.ts',
];

const common = {
  // Only what hangs ends here: nothing is judged by the clock of a busy machine.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks',
} as const;

export default defineConfig({
  test: {
    // vitest leaves a core free by default: of two, that is half of them
    maxWorkers: availableParallelism(),
    globalSetup: ['test/support/build.ts'],
    projects: [
      { test: { ...common, name: 'sharing', include: sharing, isolate: false } },
      { test: { ...common, name: 'alone', include: ['test/**/*.test.ts'], exclude: sharing } },
    ],
  },
});

import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that leave nothing behind share a process: half of what they cost is loading the same modules again. */
const sharing = [
  'test/unit/{charging,cli,config,controller,demo,main,masking,ocpp,ocpp-s,operator,telemetry,timetable,transfers}/**/*.test.ts',
  'test/unit/{gateway,ocpp-s-http}/!(long-outage|coding).test.ts',
];

const enoughBytes = 4_000_000_000;

/** Where tests make their folders: in memory, if there is room, since hundreds of stores that sync would wait for a disk. */
function testFolder(): string {
  const inMemory = '/dev/shm';
  if (!existsSync(inMemory)) return tmpdir();
  const { bavail, bsize } = statfsSync(inMemory);
  return bavail * bsize < enoughBytes ? tmpdir() : inMemory;
}

const common = {
  // Only what hangs ends here: nothing is judged by the clock of a busy machine.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks',
  env: { TMPDIR: testFolder() },
} as const;

export default defineConfig({
  test: {
    // A sixth of the time of the tests is waiting for processes, disks and clocks.
    maxWorkers: availableParallelism() + 1,
    globalSetup: ['test/support/build.ts'],
    projects: [
      { test: { ...common, name: 'sharing', include: sharing, isolate: false } },
      { test: { ...common, name: 'alone', include: ['test/**/*.test.ts'], exclude: sharing } },
    ],
  },
});

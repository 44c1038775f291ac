import { runOutbox } from '../../../src/cli/outbox.ts';

process.exitCode = await runOutbox(process.argv.slice(2), {
  stdin: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  now: Date.now,
});

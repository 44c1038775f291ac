import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../gateway/clock.ts';
import type { Log } from '../gateway/ports.ts';
import type { LogLine } from '../threads/log-line.ts';
import type { Question, Said, ThreadOptions, Told } from './crossing.ts';
import { TelemetryFile } from './file.ts';
import { Keeper } from './keeper.ts';

/* The thread of the telemetry. */

const nothingTransferred: readonly [] = [];

function say(said: Said): void {
  parentPort?.postMessage(said, nothingTransferred);
}

const tell = (line: LogLine): void => say({ kind: 'logged', line });

const log: Log = {
  debug: (event, fields = {}) => tell({ level: 'debug', event, fields }),
  info: (event, fields = {}) => tell({ level: 'info', event, fields }),
  warn: (event, fields = {}) => tell({ level: 'warn', event, fields }),
  error: (event, fields, cause) => tell({ level: 'error', event, fields, cause }),
};

const { folder, ...retention } = workerData as ThreadOptions;

const keeper = new Keeper({
  ...retention,
  file: new TelemetryFile(folder, log),
  clock: systemClock,
  log,
  lost: (messages) => say({ kind: 'lost', messages }),
});

function answer(id: number, question: Question, input: readonly unknown[]): void {
  try {
    const work = keeper.questions()[question] as (...input: readonly unknown[]) => unknown;
    say({ kind: 'answer', id, result: work(...input) });
  } catch (thrown) {
    say({ kind: 'failure', id, reason: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

function hear(told: Told): void {
  switch (told.kind) {
    case 'batch':
      keeper.take(told.batch);
      return say({ kind: 'taken' });
    case 'point':
      return keeper.keep(told.site, told.point);
    case 'ask':
      return answer(told.id, told.question, told.input);
    case 'close':
      keeper.close();
      return say({ kind: 'closed' });
  }
}

parentPort?.on('message', hear);

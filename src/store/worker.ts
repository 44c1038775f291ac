import { parentPort, workerData } from 'node:worker_threads';
import type { Log } from '../gateway/ports.ts';
import type { LogLine } from '../threads/log-line.ts';
import { type Answer, type Call, faultOf, type Said, type ThreadOptions } from './crossing.ts';
import { openStore } from './open.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { perform } from './verbs.ts';

/*
 * The thread of the store. Calls are done in the order in which they come; those that one commit serves are answered
 * together.
 */

const nothingTransferred: readonly [] = [];

function say(said: Said): void {
  parentPort?.postMessage(said, nothingTransferred);
}

const log: Log = {
  debug: (event, fields = {}) => tell({ level: 'debug', event, fields }),
  info: (event, fields = {}) => tell({ level: 'info', event, fields }),
  warn: (event, fields = {}) => tell({ level: 'warn', event, fields }),
  error: (event, fields, cause) => tell({ level: 'error', event, fields, cause }),
};

function tell(line: LogLine): void {
  say({ kind: 'logged', line });
}

let answers: Answer[] = [];
let willAnswer = false;

/** Behind the commit of what was asked for in this turn: its answers leave together. */
function answerLater(): void {
  if (willAnswer) return;
  willAnswer = true;
  setImmediate(sendAnswers);
}

function sendAnswers(): void {
  const said: Said = { kind: 'answers', answers };
  answers = [];
  willAnswer = false;
  say(said);
}

function answer(given: Answer): void {
  answers.push(given);
  answerLater();
}

/** Each message is answered by one, even if nothing of it is done yet: that asks for the next. */
function take(store: SqliteStore, calls: readonly Call[]): void {
  for (const call of calls) serve(store, call);
  answerLater();
}

function serve(store: SqliteStore, { id, verb, input }: Call): void {
  perform(store, verb, input).then(
    (result) => answer({ id, result }),
    (thrown: unknown) => answer({ id, fault: faultOf(thrown) }),
  );
}

openStore({ ...(workerData as ThreadOptions), log }).then(
  (store) => {
    parentPort?.on('message', (calls: readonly Call[]) => take(store, calls));
    say({ kind: 'opened' });
  },
  (thrown: unknown) => say({ kind: 'refused', fault: faultOf(thrown) }),
);

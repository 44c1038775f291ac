import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { planWith } from './plan.ts';
import type { PlanResult } from './plan-result.ts';
import type { Scenario } from './site.ts';
import { enginesWithoutWasm } from './solver.ts';
import type { EarlyAnswer, PlanAnswer, PlanRequest } from './worker.ts';

/** Beyond the engine's own time limit: building, repair, check, and the way to the thread and back. */
const graceMs = 2000;

/** So long a site that needs a plan soon waits for the best one: chargers are not told twice for less. */
const earlyAfterMs = 500;

const nothingTransferred: readonly [] = [];

/** Hears a plan that holds until the best one has come. */
type Hear = (early: PlanResult) => void;

type Waiting = { readonly early: (result: PlanResult) => void; readonly settle: (answer: PlanAnswer) => void };

/** The last answer, and the early plan that came before it; `isTold`: somebody goes by that already. */
type Answers = { readonly last: PlanAnswer; readonly early: PlanResult | undefined; readonly isTold: boolean };

/**
 * Plans off the event loop, in one worker thread. A thread that does not answer in time, or dies, is replaced; the plan
 * that it owes is the early one or, if that has not come either, a greedy one that is made here: it takes milliseconds.
 */
export class Planner {
  #worker: Worker | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #failed: (reason: string) => void;

  /** `failed` hears why a plan had to be made without the thread. */
  constructor(failed: (reason: string) => void) {
    this.#failed = failed;
  }

  /**
   * The plan of a site within its time limit and a grace of 2 s. Rejects only after `stop`, or for a mistake of ours.
   * With `hear` the thread makes the greedy plan first; if the other one is not there 500 ms after it was asked for,
   * `hear` is told that, and the promise resolves with the very same plan unless a better one comes.
   */
  async plan(scenario: Scenario, hear?: Hear): Promise<PlanResult> {
    const { last, early, isTold } = await this.#ask(scenario, hear);
    if (last.kind === 'planned') return isTold && !last.isBetter && early !== undefined ? early : last.result;
    this.#failed(last.stack);
    return early ?? planWith(enginesWithoutWasm, greedily(scenario));
  }

  /** Ends the thread; what is still asked is answered without it. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#abandon('stopped');
    await worker?.terminate();
  }

  #ask(scenario: Scenario, hear: Hear | undefined): Promise<Answers> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const telling = new Telling(hear);
      const deadline = setTimeout(() => this.#replace('no answer in time'), scenario.site.engine.timeLimitMs + graceMs);
      const settle = (last: PlanAnswer) => {
        clearTimeout(deadline);
        telling.end();
        this.#waiting.delete(id);
        resolve({ last, early: telling.early, isTold: telling.isTold });
      };
      this.#waiting.set(id, { early: (result) => telling.made(result), settle });
      this.#worker ??= this.#started();
      this.#worker.postMessage({ id, scenario, isEarly: hear !== undefined } satisfies PlanRequest, nothingTransferred);
    });
  }

  #started(): Worker {
    const worker = workerThread();
    worker.on('message', (answer: PlanAnswer | EarlyAnswer) => this.#answered(answer));
    worker.on('error', (error) => this.#replace(error.stack ?? error.message));
    worker.unref();
    return worker;
  }

  #answered(answer: PlanAnswer | EarlyAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.kind === 'early') waiting?.early(answer.result);
    else waiting?.settle(answer);
  }

  #replace(reason: string): void {
    const worker = this.#worker;
    this.#abandon(reason);
    void worker?.terminate();
  }

  #abandon(reason: string): void {
    this.#worker = undefined;
    for (const [id, { settle }] of this.#waiting) settle({ id, kind: 'failed', stack: reason });
  }
}

/** Tells of an early plan once it is made and the best one is late. */
class Telling {
  readonly #hear: Hear | undefined;
  readonly #timer: NodeJS.Timeout;
  #isLate = false;
  early: PlanResult | undefined;
  isTold = false;

  constructor(hear: Hear | undefined) {
    this.#hear = hear;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#tell();
    }, earlyAfterMs);
  }

  made(early: PlanResult): void {
    this.early = early;
    this.#tell();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    if (!this.#isLate || this.early === undefined || this.isTold) return;
    this.isTold = true;
    this.#hear?.(this.early);
  }
}

/** The build has .js files; for sources the thread needs tsx, which does not take over its hooks by itself. */
function workerThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url));
  const tsxFolder = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = new URL('dist/esm/api/index.mjs', tsxFolder).href;
  const source = new URL('./worker.ts', import.meta.url).href;
  return new Worker(`import('${tsx}').then(({ register }) => (register(), import('${source}')))`, { eval: true });
}

function greedily(scenario: Scenario): Scenario {
  return { ...scenario, site: { ...scenario.site, engine: { ...scenario.site.engine, kind: 'greedy' } } };
}

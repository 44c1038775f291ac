import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { planWith } from './plan.ts';
import type { PlanResult } from './plan-result.ts';
import type { Scenario } from './site.ts';
import { enginesWithoutWasm } from './solver.ts';
import type { PlanAnswer, PlanRequest } from './worker.ts';

/** Beyond the engine's own time limit: building, repair, check, and the way to the thread and back. */
const graceMs = 2000;

const nothingTransferred: readonly [] = [];

type Waiting = { readonly settle: (answer: PlanAnswer) => void };

/**
 * Plans off the event loop, in one worker thread. A thread that does not answer in time, or dies, is replaced; until
 * then, and for the plan that it owes, the greedy plan is made here: it takes milliseconds.
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

  /** The plan of a site within its time limit and a grace of 2 s. Rejects only after `stop`, or for a mistake of ours. */
  async plan(scenario: Scenario): Promise<PlanResult> {
    const answer = await this.#ask(scenario);
    if (answer.kind === 'planned') return answer.result;
    this.#failed(answer.stack);
    return planWith(enginesWithoutWasm, greedily(scenario));
  }

  /** Ends the thread; what is still asked is answered without it. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#abandon('stopped');
    await worker?.terminate();
  }

  #ask(scenario: Scenario): Promise<PlanAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#replace('no answer in time'), scenario.site.engine.timeLimitMs + graceMs);
      const settle = (answer: PlanAnswer) => {
        clearTimeout(deadline);
        this.#waiting.delete(id);
        resolve(answer);
      };
      this.#waiting.set(id, { settle });
      this.#worker ??= this.#started();
      this.#worker.postMessage({ id, scenario } satisfies PlanRequest, nothingTransferred);
    });
  }

  #started(): Worker {
    const worker = workerThread();
    worker.on('message', (answer: PlanAnswer) => this.#waiting.get(answer.id)?.settle(answer));
    worker.on('error', (error) => this.#replace(error.stack ?? error.message));
    worker.unref();
    return worker;
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

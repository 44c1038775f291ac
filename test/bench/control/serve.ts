import type { Answer, Ask, AskTable } from './asks.ts';

/** Answers the bench over the channel it was forked with, and ends when the bench is gone. */
export function serve(asks: AskTable): void {
  process.on('message', (message) => {
    void reply(asks, message as Ask);
  });
  process.once('disconnect', () => process.exit());
  send({ id: 0, kind: 'done', output: 'ready' });
}

async function reply(asks: AskTable, { id, name, input }: Ask): Promise<void> {
  try {
    const answer = asks[name] as ((input: unknown) => unknown) | undefined;
    if (answer === undefined) throw new Error(`this process knows no "${name}"`);
    send({ id, kind: 'done', output: await answer(input) });
  } catch (thrown) {
    send({ id, kind: 'failed', problem: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
  }
}

function send(answer: Answer): void {
  process.send?.(answer);
}

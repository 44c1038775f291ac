import { writeSync } from 'node:fs';
import { delivered, meterOf } from '../../contract/store-messages.ts';
import { openIn } from './data-folder.ts';

/*
 * A process that writes to a data folder until it is killed, and says each thing when it is done, by synchronous writes:
 * `kept <seq>` when an append resolved, `gone <seq>` before a row is completed. `hold` only opens the folder.
 */

const say = (line: string) => writeSync(1, `${line}\n`);
const [, , folder = '', mode] = process.argv;

try {
  const store = await openIn(folder);
  const epoch = await store.claim('the writer');
  say('open');
  if (mode === 'hold') setInterval(() => undefined, 1000);
  for (let turn = mode === 'append' ? 0 : Infinity; turn < Infinity; turn++) {
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const of = `CP ${index}`;
        const { seq } = await store.appendInbound(
          meterOf(undefined, 1, { station: of, dedupeKey: `${process.pid} ${turn}` }),
        );
        say(`kept ${seq}`);
        if (turn % 3 !== 0) return;
        say(`gone ${seq}`);
        await store.complete(seq, epoch, delivered);
      }),
    );
  }
} catch (error) {
  say(String(error));
}

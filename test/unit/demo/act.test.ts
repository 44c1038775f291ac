import { expect, test } from 'vitest';
import { playAct } from '../../../src/demo/act.ts';
import type { Deed, Step } from '../../../src/demo/script.ts';

const unplug = (charger: number, connector: number): Deed => ({ kind: 'unplug', charger, connector });
const name = (deed: Deed) => ('charger' in deed ? `${deed.charger}` : deed.kind);

/** Plays a script whose deeds end when `end` says so; returns what happened, in order. */
async function played(script: readonly Step[], perform: (deed: Deed, happened: string[]) => Promise<void>) {
  const happened: string[] = [];
  const complete = await playAct({
    script,
    lengthMs: 40,
    signal: new AbortController().signal,
    perform: async (deed) => {
      happened.push(`${name(deed)} begins`);
      await perform(deed, happened);
      happened.push(`${name(deed)} ends`);
    },
  });
  return { happened, complete };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('deeds of one charger happen one after the other, those of others meanwhile', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const script = [unplug(0, 1), unplug(0, 2), unplug(1, 1)].map((deed) => ({ at: 0, deed }));
  const { happened, complete } = await played(script, async (deed) => {
    if (deed.kind === 'unplug' && deed.charger === 0 && deed.connector === 1) await released;
    if (deed.kind === 'unplug' && deed.charger === 1) release();
  });
  expect(happened).toEqual(['0 begins', '1 begins', '1 ends', '0 ends', '0 begins', '0 ends']);
  expect(complete).toBe(true);
});

test('the CSMS goes and comes only when all before is over, and what is later waits as much', async () => {
  const script: readonly Step[] = [
    { at: 0, deed: unplug(0, 1) },
    { at: 0, deed: { kind: 'csmsOff' } },
    { at: 0.5, deed: { kind: 'csmsOn' } },
  ];
  let offAtMs = 0;
  let onAtMs = 0;
  const { happened } = await played(script, async (deed) => {
    for (let turns = 0; deed.kind === 'unplug' && turns < 20; turns += 1) await turn();
    if (deed.kind === 'csmsOff') offAtMs = performance.now();
    if (deed.kind === 'csmsOn') onAtMs = performance.now();
  });
  expect(happened.filter((what) => what.endsWith('begins'))).toEqual(['0 begins', 'csmsOff begins', 'csmsOn begins']);
  expect(happened.indexOf('0 ends')).toBeLessThan(happened.indexOf('csmsOff begins'));
  expect(onAtMs - offAtMs).toBeGreaterThanOrEqual(18);
});

test('a deed that rejects is a mistake of ours, and comes out', async () => {
  const failing = played([{ at: 0, deed: unplug(0, 1) }], async () => {
    throw new Error('there is no connector 1');
  });
  await expect(failing).rejects.toThrow('a deed of charger 0 failed');
});

test('an act that is ended early is not complete', async () => {
  const end = new AbortController();
  const perform = async () => end.abort();
  const script = [
    { at: 0, deed: unplug(0, 1) },
    { at: 0.9, deed: unplug(0, 2) },
  ];
  expect(await playAct({ script, lengthMs: 600_000, signal: end.signal, perform })).toBe(false);
});

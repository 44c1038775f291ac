import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Exchange } from '../../../src/gateway/ports.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { exchange } from './exchanges.ts';
import { OwnKeeper } from './own-keeper.ts';

let own: OwnKeeper;
let startMs: number;

beforeEach(() => {
  const clock = new VirtualClock();
  own = new OwnKeeper(clock);
  own.open();
  startMs = clock.now();
});

afterEach(() => own.remove());

type At = Partial<Exchange> & { readonly from: number; readonly to: number };

/** Says messages in the order in which they end; ids count from 1. */
function say(...all: readonly At[]): void {
  own.say(...all.map(({ from, to, ...change }) => exchange({ atMs: startMs + from, latencyMs: to - from, ...change })));
}

const relatedTo = (id: number) => own.ask.story(id)?.related.map((message) => message.id);

const soapIn = { side: 'soap', direction: 'in' } as const;
const soapOut = { side: 'soap', direction: 'out' } as const;
const jsonIn = { side: 'json', direction: 'in' } as const;
const jsonOut = { side: 'json', direction: 'out' } as const;

test('a kept message belongs to each attempt to deliver it, in order of time, and to none of another charger', () => {
  const kept = { action: 'StopTransaction', seq: 9 };
  say({ ...soapIn, ...kept, from: 0, to: 5 }, { ...soapIn, action: 'StopTransaction', seq: 10, from: 6, to: 9 });
  say(
    { ...jsonOut, ...kept, from: 60_000, to: 90_000, outcome: 'unreachable' },
    { ...jsonOut, ...kept, from: 90_500, to: 91_000 },
  );
  say({ ...jsonOut, ...kept, station: 'CP-2', from: 90_500, to: 91_000 });
  expect(relatedTo(1)).toEqual([3, 4]);
  expect(relatedTo(4)).toEqual([1, 3]);
  expect(relatedTo(2)).toEqual([]);
});

describe('a message that is passed on while the charger waits', () => {
  test('belongs to the call of the same action that lies within it', () => {
    const authorize = { action: 'Authorize' };
    say({ ...jsonOut, action: 'StatusNotification', from: 105, to: 110 });
    say({ ...jsonOut, ...authorize, station: 'CP-2', from: 105, to: 140 });
    say({ ...jsonOut, ...authorize, seq: 3, from: 106, to: 140 });
    say({ ...jsonOut, ...authorize, from: 110, to: 150 });
    say({ ...soapIn, ...authorize, from: 100, to: 160 });
    say({ ...jsonOut, ...authorize, from: 300, to: 350 });
    say({ ...soapIn, ...authorize, from: 290, to: 360 });
    expect(relatedTo(5)).toEqual([4]);
    expect(relatedTo(4)).toEqual([5]);
    expect(relatedTo(7)).toEqual([6]);
    expect(relatedTo(6)).toEqual([7]);
  });

  test('belongs to nothing when the CSMS was away', () => {
    say({ ...soapIn, action: 'Authorize', from: 0, to: 8_000 });
    expect(relatedTo(1)).toEqual([]);
  });
});

describe('a command of the CSMS', () => {
  test('belongs to the call to the charger that it caused, over whichever wire', () => {
    say({ ...soapOut, action: 'Reset', from: 10, to: 50 }, { ...jsonIn, action: 'Reset', from: 5, to: 52 });
    say({ side: 'json-charger', direction: 'out', action: 'Reset', station: 'J', from: 110, to: 150 });
    say({ ...jsonIn, action: 'Reset', station: 'J', from: 105, to: 152 });
    expect([1, 2, 3, 4].map(relatedTo)).toEqual([[2], [1], [4], [3]]);
  });

  test('belongs to nothing when the gateway answered it', () => {
    say({ ...jsonIn, action: 'GetCompositeSchedule', from: 0, to: 1 });
    expect(relatedTo(1)).toEqual([]);
  });
});

test('what could not be read belongs to nothing, and what is not there has no story', () => {
  say({ ...soapIn, action: '', station: '', from: 0, to: 1 }, { ...jsonOut, action: '', station: '', from: 0, to: 1 });
  expect(relatedTo(1)).toEqual([]);
  expect(own.ask.story(3)).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import { type Acknowledged, type Arrival, compareHalves, lostMessages } from '../../../src/demo/ledger.ts';

const start = (name: string) => ({ key: name, start: name });
const within = (key: string, transaction: string) => ({ key, start: transaction });
const session = [start('S1'), within('M1', 'S1'), within('M2', 'S1'), within('E1', 'S1')];

function ledger(acknowledged: readonly Acknowledged[], arrived: readonly Arrival[]) {
  return compareHalves([{ acknowledged, arrived }], 0);
}

describe('the ledger of what chargers were promised against what the CSMS got', () => {
  test('a session that arrived as it was sent is clean', () => {
    expect(ledger(session, session)).toEqual({
      sent: 4,
      delivered: 4,
      lost: 0,
      reordered: 0,
      duplicates: 0,
      outages: 0,
    });
  });

  test('an acknowledged message that never arrived is lost', () => {
    const arrived = session.filter(({ key }) => key !== 'M2');
    expect(ledger(session, arrived)).toMatchObject({ sent: 4, delivered: 3, lost: 1, reordered: 0 });
    expect(lostMessages({ acknowledged: session, arrived })).toEqual([within('M2', 'S1')]);
  });

  test('a message that arrived under another transaction is lost', () => {
    const arrived = session.map((message) => (message.key === 'M2' ? within('M2', 'S0') : message));
    expect(ledger(session, arrived)).toMatchObject({ delivered: 3, lost: 1 });
  });

  test('a message that arrived under no transaction is lost', () => {
    const arrived = session.map((message) => (message.key === 'E1' ? { key: 'E1', start: undefined } : message));
    expect(ledger(session, arrived)).toMatchObject({ delivered: 3, lost: 1 });
  });

  test('a reading outside a transaction may arrive under any or none', () => {
    const reading = { key: 'M9', start: undefined };
    expect(ledger([reading], [within('M9', 'S1')])).toMatchObject({ delivered: 1, lost: 0 });
  });

  test('messages that arrived after one sent later are reordered', () => {
    const arrived = [start('S1'), within('M2', 'S1'), within('M1', 'S1'), within('E1', 'S1')];
    expect(ledger(session, arrived)).toMatchObject({ delivered: 4, lost: 0, reordered: 1 });
  });

  test('a retry that arrives twice is one duplicate, and only its first arrival counts for the order', () => {
    const arrived = [start('S1'), within('M1', 'S1'), within('M2', 'S1'), within('M1', 'S1'), within('E1', 'S1')];
    expect(ledger(session, arrived)).toMatchObject({ delivered: 4, reordered: 0, duplicates: 1 });
  });

  test('an arrival that was never acknowledged is neither sent nor lost', () => {
    expect(ledger([], session)).toMatchObject({ sent: 0, delivered: 0, lost: 0, duplicates: 0 });
  });

  test('stations add up, and are in no order among each other', () => {
    const halves = [
      { acknowledged: session, arrived: session },
      { acknowledged: session, arrived: [] },
    ];
    expect(compareHalves(halves, 2)).toEqual({
      sent: 8,
      delivered: 4,
      lost: 4,
      reordered: 0,
      duplicates: 0,
      outages: 2,
    });
  });
});

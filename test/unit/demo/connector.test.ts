import { describe, expect, test } from 'vitest';
import {
  afterEvent,
  type ConnectorEvent,
  freshConnector,
  isBusy,
  isFreeFor,
} from '../../../src/demo/charger/connector.ts';

const after = (...events: readonly ConnectorEvent[]) => events.reduce(afterEvent, freshConnector);
const charging: readonly ConnectorEvent[] = [{ kind: 'pluggedIn' }, { kind: 'started', allowed: true }];
const reserved: ConnectorEvent = { kind: 'reserved', id: 7, idTag: 'Fleet' };

describe('a connector (OCPP 1.6 §4.9)', () => {
  test('goes Preparing, Charging, Finishing, Available through a session', () => {
    expect(after({ kind: 'pluggedIn' }).status).toBe('Preparing');
    expect(after(...charging).status).toBe('Charging');
    expect(after(...charging, { kind: 'stopped' }).status).toBe('Finishing');
    expect(after(...charging, { kind: 'stopped' }, { kind: 'unplugged' })).toEqual(freshConnector);
  });

  test('is SuspendedEVSE while a profile allows less than 6 A, and back when it allows more', () => {
    const suspended = after(...charging, { kind: 'limitMoved', allowed: false });
    expect(suspended.status).toBe('SuspendedEVSE');
    expect(afterEvent(suspended, { kind: 'limitMoved', allowed: true }).status).toBe('Charging');
    expect(after({ kind: 'limitMoved', allowed: false }).status).toBe('Available');
  });

  test('cannot be unplugged while it charges: the cable is locked', () => {
    expect(after(...charging, { kind: 'unplugged' }).status).toBe('Charging');
  });

  test('goes Unavailable at once when it is free, and after its session when it is not (§5.2)', () => {
    expect(after({ kind: 'madeInoperative' }).status).toBe('Unavailable');
    const busy = after(...charging, { kind: 'madeInoperative' });
    expect(busy.status).toBe('Charging');
    expect(afterEvent(afterEvent(busy, { kind: 'stopped' }), { kind: 'unplugged' }).status).toBe('Unavailable');
    expect(after(...charging, { kind: 'madeInoperative' }, { kind: 'madeOperative' }).goesInoperative).toBe(false);
    expect(after({ kind: 'madeInoperative' }, { kind: 'madeOperative' }).status).toBe('Available');
  });

  test('reserved, it is free for the card of the reservation alone, without regard to case (§5.13)', () => {
    const held = after(reserved);
    expect(held.status).toBe('Reserved');
    expect(isFreeFor(held, 'FLEET')).toBe(true);
    expect(isFreeFor(held, 'OTHER')).toBe(false);
    expect(afterEvent(held, { kind: 'reservationEnded' })).toEqual(freshConnector);
    expect(after(reserved, ...charging).reservation).toBeUndefined();
  });

  test('is busy from plugging in to unplugging', () => {
    expect([isBusy(freshConnector), isBusy(after({ kind: 'pluggedIn' })), isBusy(after(...charging))]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

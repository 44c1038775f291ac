import type { Exchange } from '../../../src/gateway/ports.ts';

/** An exchange like any other, but for `change`. */
export const exchange = (change: Partial<Exchange> = {}): Exchange => ({
  atMs: Date.parse('2026-03-01T12:00:00Z'),
  station: 'CP-1',
  side: 'soap',
  direction: 'in',
  action: 'Heartbeat',
  outcome: 'answered',
  latencyMs: 2.5,
  request: '<heartbeatRequest/>',
  answer: '<heartbeatResponse/>',
  seq: undefined,
  ...change,
});

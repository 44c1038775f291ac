import type { Payload } from './ports.ts';
import type { OutboxRow } from './store-port.ts';

/**
 * A kept message as the CSMS must see it: the charger's transaction id becomes the CSMS's. Timestamps and everything
 * else stay byte for byte, so that a CSMS recognises a repeated message by its natural key.
 */
export function asSent(row: OutboxRow): Payload {
  if (row.action !== 'MeterValues' && row.action !== 'StopTransaction') return row.payload;
  const payload = withCsmsId(row);
  const refusedLate = row.action === 'StopTransaction' && row.transaction?.lateRefusal === true;
  return refusedLate && payload['reason'] === 'Remote' ? { ...payload, reason: 'DeAuthorized' } : payload;
}

function withCsmsId(row: OutboxRow): Payload {
  const csmsTxId = row.transaction?.csmsTxId;
  if (csmsTxId === undefined) return row.payload;
  return { ...row.payload, transactionId: Number(csmsTxId) };
}

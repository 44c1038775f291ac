import type { Delivery } from '../gateway/ports.ts';

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'rebootRequired' }
  | { readonly kind: 'failed'; readonly failure: 'refused' | 'unreachable'; readonly reason: string };

/** What a call whose answer is a status came to (OCPP 1.6 §7: ConfigurationStatus, DataTransferStatus, RemoteStartStopStatus, ResetStatus). */
export function outcomeOf(delivery: Delivery): Outcome {
  switch (delivery.kind) {
    case 'answered':
      if (delivery.payload['status'] === 'Accepted') return { kind: 'done' };
      if (delivery.payload['status'] === 'RebootRequired') return { kind: 'rebootRequired' };
      return { kind: 'failed', failure: 'refused', reason: String(delivery.payload['status']) };
    case 'refused':
      return { kind: 'failed', failure: 'refused', reason: delivery.code };
    case 'unreachable':
      return { kind: 'failed', failure: 'unreachable', reason: delivery.reason };
  }
}

/** OCPP 1.6 §6.44: NotSupported is a status of SetChargingProfile.conf too. */
export function isIncapable(delivery: Delivery): boolean {
  if (delivery.kind === 'refused') return delivery.code === 'NotSupported' || delivery.code === 'NotImplemented';
  return delivery.kind === 'answered' && delivery.payload['status'] === 'NotSupported';
}

import type { TransactionAction } from '../natural-key.ts';
import type { Payload } from '../payload.ts';
import type { ConfigurationKeys } from './configuration.ts';
import type { ConnectorStatus } from './connector.ts';

/** What sets chargers of one version of OCPP apart; what is not here is the same in all of them. */
export type Generation = {
  readonly ocpp: '1.6' | '1.5' | '1.2';
  readonly keys: (connectors: number, maxA: number) => ConfigurationKeys;
  /** Its word for a status. */
  readonly statusWord: (status: ConnectorStatus) => string;
  /** A transaction message without what this version has no field or word for, in the shape of 1.6. */
  readonly tellable: (action: TransactionAction, fields: Payload) => Payload;
  /** A request as this version writes it; undefined: it has no word for that, and says nothing. */
  readonly say: (action: string, payload: Payload) => Payload | undefined;
  /** The answer to a request, as 1.6 would write it. */
  readonly hear: (action: string, conf: Payload) => Payload;
  /** The answer to a remote command, as this version writes it. */
  readonly answer: (action: string, conf: Payload) => Payload;
};

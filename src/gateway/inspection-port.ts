import type { ConnectorRules, RulesWindow } from './charging-port.ts';
import type { Payload } from './ports.ts';
import type { SessionFilter, SessionRecord } from './store-port.ts';

/** What people may look at on a running gateway only, beside `OperatorDoor`. */
export interface InspectionDoor {
  /** What each connector may draw now, A per phase; those of which that is not known are left out. At once. */
  limits(identity: string): ReadonlyMap<number, number>;
  /** What rules each connector, and why; undefined if the charger was never seen. */
  rules(identity: string, window: RulesWindow): Promise<readonly ConnectorRules[] | undefined>;
  /** Asks the charger, in line with the CSMS's commands; of one that cannot be asked, what was written to it. */
  configuration(identity: string): Promise<ConfigurationAnswer>;
  /** Transactions, running or ended, those that were kept last first. */
  sessions(filter: SessionFilter): Promise<readonly SessionRecord[]>;
}

export type ConfigurationAnswer =
  /** GetConfiguration.conf. */
  | { readonly kind: 'answered'; readonly payload: Payload }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** It was never seen. */
  | { readonly kind: 'unseen' };

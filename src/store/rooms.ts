import type { Database } from 'better-sqlite3';
import { openAuthorizations } from './authorizations.ts';
import { openCampaigns } from './campaigns.ts';
import { openChargingStates } from './charging-states.ts';
import { openDeadLetters } from './dead-letters.ts';
import { openIdentities } from './identities.ts';
import { openOutbox } from './outbox.ts';
import { openOwnership } from './ownership.ts';
import { type IdBlock, openProvisionalIds } from './provisional-ids.ts';
import { openReceipts } from './receipts.ts';
import type { Secrets } from './secrets.ts';
import { openSequence } from './sequence.ts';
import { openServedJobs } from './served-jobs.ts';
import { openSessions } from './sessions.ts';
import { openSettings } from './settings.ts';
import { openSiteStates } from './site-states.ts';
import { openStations } from './stations.ts';
import { openTransactionTable } from './transaction-table.ts';
import { openTransactions } from './transactions.ts';
import { openTransfers } from './transfers.ts';

/** The tables, each behind its own few verbs. All of it is synchronous: the group commit decides when it runs. */
export type Rooms = ReturnType<typeof openRooms>;

/** Prepares every statement once. */
export function openRooms(db: Database, secrets: Secrets, provisionalBlock: IdBlock) {
  const identities = openIdentities(db);
  const outbox = openOutbox(db);
  const transactionTable = openTransactionTable(db, identities);
  const transactions = openTransactions(transactionTable, identities.number);
  const sequence = openSequence(db);
  return {
    identities,
    sequence,
    outbox,
    transactions,
    transactionTable,
    sessions: openSessions(db, identities),
    ownership: openOwnership(db),
    stations: openStations(db),
    settings: openSettings(db, secrets),
    receipts: openReceipts(db),
    deadLetters: openDeadLetters(db, outbox, transactions),
    authorizations: openAuthorizations(db),
    chargingStates: openChargingStates(db),
    siteStates: openSiteStates(db),
    transfers: openTransfers(db, secrets),
    campaigns: openCampaigns(db, secrets, identities),
    servedJobs: openServedJobs(db),
    provisionalIds: openProvisionalIds(db, provisionalBlock),
    /** Something was rolled back: what is remembered in memory is void. */
    forget: () => {
      identities.forget();
      sequence.forget();
      outbox.forget();
      transactions.forget();
    },
  };
}

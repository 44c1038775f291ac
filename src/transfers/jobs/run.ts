import type { Clock, Log, Payload } from '../../gateway/ports.ts';
import type { TransfersLine } from '../../gateway/transfers-port.ts';
import type {
  Acceptance,
  Bandwidth,
  Fetcher,
  FileDoor,
  Offer,
  Persistence,
  SignatureCheck,
  Spool,
  Ticket,
  Uploader,
} from '../ports.ts';
import type { FirmwareTransfer, KeptTicket, TransferMeters, TransferSettings, TransferStore } from './ports.ts';
import type { Schemes } from './schemes.ts';

/** What runs of jobs work with. */
export type RunParts = {
  readonly settings: TransferSettings;
  readonly store: TransferStore;
  /** Of the gateway, which is built after the jobs were read. */
  readonly line: () => TransfersLine;
  readonly schemes: Schemes;
  readonly spool: Spool;
  readonly fetcher: Fetcher;
  readonly uploader: Uploader;
  readonly signatures: SignatureCheck;
  readonly door: () => FileDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: TransferMeters;
  /** Whether a charger may hear of its image now; only campaigns ever say no. */
  readonly mayOffer: (job: FirmwareTransfer) => Promise<boolean>;
  /** A firmware job is over. */
  readonly ended: () => void;
};

/** How a job is called at the door and in the spool. */
export const nameOf = ({ id }: { readonly id: number }): string => String(id);

/** The name under which a job holds its file; the door has a hold of its own. */
export const holderOf = (job: { readonly id: number }): string => `job:${job.id}`;

const usual: Persistence = { retries: 5, retryIntervalMs: 60_000 };

/** The CSMS's own patience with the charger is the gateway's patience with the CSMS's side (OCPP 1.6 §6.25, §6.55). */
export function persistenceOf(request: Payload): Persistence {
  const { retries, retryInterval } = request;
  return {
    retries: typeof retries === 'number' && retries >= 0 ? retries : usual.retries,
    retryIntervalMs:
      typeof retryInterval === 'number' && retryInterval > 0 ? retryInterval * 1000 : usual.retryIntervalMs,
  };
}

/** What a campaign grants the downloads of its jobs. */
export function bandwidthOf({ campaign }: FirmwareTransfer): { readonly bandwidth?: Bandwidth } {
  if (campaign?.bytesPerS === undefined) return {};
  return { bandwidth: { name: campaign.run, bytesPerS: campaign.bytesPerS } };
}

/** What an earlier ticket is opened again with. */
export function invitationOf(job: { readonly id: number }, ticket: KeptTicket): Omit<Acceptance, 'maxBytes'> {
  return { job: nameOf(job), ...ticket };
}

/** What must survive of a ticket. */
export function keptTicket(wish: Pick<Offer, 'scheme' | 'flat' | 'addresses'>, ticket: Ticket): KeptTicket {
  const { scheme, flat, addresses } = wish;
  return { scheme, flat, addresses, expiresAtMs: ticket.expiresAtMs, credentials: ticket.credentials };
}

import type { TransferDetails, TransfersDesk, TransferView, TransferWish } from '../transfers/jobs/ports.ts';
import { askGateway, isRecord, type Reply } from './gateway-client.ts';
import { Refusal } from './refusal.ts';

/** The transfers of a running gateway, over the Unix socket in its data folder. What it cannot do becomes a Refusal. */
export function transfersOver(socketPath: string): TransfersDesk {
  const call = (method: string, path: string) => askGateway(socketPath, method, path);
  const wish = async (path: string, what: string) => wishOf(await call('POST', path), what);
  return {
    transfers: async ({ station, open }) => {
      const query = new URLSearchParams();
      if (station !== undefined) query.set('station', station);
      if (open !== undefined) query.set('open', String(open));
      return parseTransfers(await call('GET', `/api/transfers?${query.toString()}`));
    },
    transfer: async (id) => {
      const { status, body } = await call('GET', `/api/transfers/${id}`);
      if (status === 404) return undefined;
      if (isDetails(body)) return body;
      throw otherRelease();
    },
    retry: (id) => wish(`/api/transfers/${id}/retry`, `transfer ${id}`),
    cancel: (id) => wish(`/api/transfers/${id}/cancel`, `transfer ${id}`),
    askDiagnostics: (station) => wish(`/api/chargers/${encodeURIComponent(station)}/diagnostics`, `charger ${station}`),
    fileOf: async (id) => {
      const { body } = await call('GET', `/api/transfers/${id}/file`);
      return isRecord(body) && typeof body['path'] === 'string' ? body['path'] : undefined;
    },
  };
}

function parseTransfers({ status, body }: Reply): readonly TransferView[] {
  if (status === 404) throw new Refusal('this gateway carries no files: its config says transfers.enabled: false');
  const list: unknown = isRecord(body) ? body['transfers'] : undefined;
  if (Array.isArray(list) && list.every(isView)) return list;
  throw otherRelease();
}

function wishOf({ status, body }: Reply, what: string): TransferWish {
  if (status === 404) return { kind: 'unknown', what };
  if (!isRecord(body)) throw otherRelease();
  if (status === 409) return { kind: 'refused', reason: String(body['error']) };
  const { transfer } = body;
  if (isView(transfer)) return { kind: 'done', transfer };
  throw otherRelease();
}

// The gateway is of this build, or nearly: what names an entry is checked, the rest is taken as it comes.
const isView = (entry: unknown): entry is TransferView =>
  isRecord(entry) && Number.isSafeInteger(entry['id']) && typeof entry['state'] === 'string';
const isDetails = (body: unknown): body is TransferDetails =>
  isRecord(body) && isView(body['transfer']) && Array.isArray(body['lines']);

const otherRelease = () => new Refusal('the gateway answers in another form: it is of another release');

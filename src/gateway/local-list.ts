import type { Context } from './context.ts';
import type { Payload } from './ports.ts';
import { numberOf, textOf, type Station } from './stations.ts';
import type { LocalList } from './store-port.ts';

/** Keeps a copy of the list that a charger has accepted, to answer Authorize while the CSMS is away. */
export async function keepLocalList({ store }: Context, station: Station, sent: Payload): Promise<void> {
  const before = sent['updateType'] === 'Full' ? undefined : await store.localList(station.identity);
  await store.saveLocalList(station.identity, mergedList(before, sent));
}

/** SendLocalList for a charger whose version has no list: the gateway's copy is the list (OCPP 1.6 §5.15). */
export async function answerSendLocalList(context: Context, station: Station, sent: Payload): Promise<Payload> {
  const current = await listVersion(context, station);
  const isOutdated = sent['updateType'] === 'Differential' && (numberOf(sent, 'listVersion') ?? 0) <= current;
  if (isOutdated) return { status: 'VersionMismatch' };
  await keepLocalList(context, station, sent);
  return { status: 'Accepted' };
}

/** GetLocalListVersion for such a charger; 0 is an empty list (OCPP 1.6 §5.10). */
export async function answerListVersion(context: Context, station: Station): Promise<Payload> {
  return { listVersion: await listVersion(context, station) };
}

async function listVersion({ store }: Context, station: Station): Promise<number> {
  const list = await store.localList(station.identity);
  return list === undefined || list.entries.length === 0 ? 0 : list.version;
}

/** An entry without idTagInfo takes the tag off the list (OCPP 1.6 §5.15, §7.1). */
function mergedList(before: LocalList | undefined, payload: Payload): LocalList {
  const entries = new Map(before?.entries.map((entry) => [entry.idTag.toLowerCase(), entry]));
  const changes = (payload['localAuthorizationList'] ?? []) as readonly Payload[];
  for (const change of changes) {
    const idTag = textOf(change, 'idTag') ?? '';
    const idTagInfo = change['idTagInfo'] as Payload | undefined;
    if (idTagInfo === undefined) entries.delete(idTag.toLowerCase());
    else entries.set(idTag.toLowerCase(), { idTag, idTagInfo });
  }
  return { version: numberOf(payload, 'listVersion') ?? 0, entries: [...entries.values()] };
}

import type { Context } from './context.ts';
import type { Payload } from './ports.ts';
import type { Station } from './stations.ts';

/** Remote-started tags are good this long while the CSMS is away. */
const remoteStartMs = 600_000;

/**
 * Who may charge while the CSMS is away: the local authorization list, else what the CSMS said of the tag before, else
 * the policy (OCPP 1.6 §3.4.1, §3.4.2). Always a conf, never a Fault: chargers treat Faults in different ways.
 */
export async function authorizeOffline(context: Context, station: Station, idTag: string): Promise<Payload> {
  const idTagInfo = await known(context, station.identity, idTag);
  const decision = idTagInfo ?? byPolicy(context);
  context.meters.offlineDecision(String(decision['status']));
  return decision;
}

/** Remembers the CSMS's word on a tag; `expiryDate` bounds it. */
export async function rememberAuthorization(
  context: Context,
  station: Station,
  idTag: string,
  idTagInfo: Payload,
): Promise<void> {
  // It says nothing of the tag, only that it charges elsewhere just now (OCPP 1.6 §7.2).
  if (idTagInfo['status'] === 'ConcurrentTx') return;
  const expiry = idTagInfo['expiryDate'];
  const untilMs = typeof expiry === 'string' ? Date.parse(expiry) : undefined;
  await context.store.cacheAuthorization(station.identity, idTag, idTagInfo, untilMs);
}

/** A tag that the CSMS itself started a session with. */
export async function rememberRemoteStart(context: Context, station: Station, idTag: string): Promise<void> {
  const untilMs = context.clock.now() + remoteStartMs;
  const lasting = await context.store.cachedAuthorization(station.identity, idTag, untilMs);
  if (lasting?.['status'] === 'Accepted') return;
  await context.store.cacheAuthorization(station.identity, idTag, { status: 'Accepted' }, untilMs);
}

async function known(context: Context, identity: string, idTag: string): Promise<Payload | undefined> {
  const list = await context.store.localList(identity);
  const entry = list?.entries.find((candidate) => candidate.idTag.toLowerCase() === idTag.toLowerCase());
  if (entry !== undefined) return unexpired(entry.idTagInfo, context.clock.now());
  return context.store.cachedAuthorization(identity, idTag, context.clock.now());
}

function unexpired(idTagInfo: Payload, nowMs: number): Payload {
  const expiry = idTagInfo['expiryDate'];
  const expired = typeof expiry === 'string' && Date.parse(expiry) <= nowMs;
  return expired && idTagInfo['status'] === 'Accepted' ? { ...idTagInfo, status: 'Expired' } : idTagInfo;
}

function byPolicy(context: Context): Payload {
  return { status: context.settings.offline.unknownIdTag === 'accept' ? 'Accepted' : 'Invalid' };
}

import { TurnedAway } from './admission.ts';
import { createChargerDoor, enter, type Inside, noteSource } from './charger-door.ts';
import { openLink, type Context } from './context.ts';
import type { Admittance, Claim, ConnectionDoor } from './ports.ts';
import { StoreUnavailable } from './store-port.ts';

/** The chargers' door with what chargers need that come on a connection of their own, and stay. */
export function createConnectionDoor(context: Context, inside: Inside): ConnectionDoor {
  return {
    ...createChargerDoor(context, inside),
    admit: (claim) => admitConnection(context, claim),
    opened: (identity) => opened(context, inside, identity),
    closed: (identity) => closed(context, identity),
  };
}

async function admitConnection(context: Context, claim: Claim): Promise<Admittance> {
  try {
    const station = await enter(context, claim);
    await noteSource(context, station, claim);
    return { kind: 'admitted', identity: station.identity };
  } catch (thrown) {
    if (thrown instanceof TurnedAway) return { kind: 'refused', why: whyOf(thrown.rule), reason: thrown.message };
    if (!(thrown instanceof StoreUnavailable)) throw thrown;
    context.log.error('charger not admitted', { station: claim.identity }, thrown);
    return { kind: 'refused', why: 'unavailable', reason: thrown.message };
  }
}

function whyOf(rule: string): Extract<Admittance, { kind: 'refused' }>['why'] {
  switch (rule) {
    case 'basic':
    case 'certificate-missing':
    case 'path-secret':
      return 'credentials';
    case 'unknown':
      return 'unknown';
    case 'strangers':
      return 'unavailable';
    default:
      return 'forbidden';
  }
}

/** It need not say anything: a connection that is regained begins with no BootNotification (OCPP-J 1.6 §5.1). */
function opened(context: Context, inside: Inside, identity: string): void {
  const station = context.stations.find(identity);
  if (station === undefined) return;
  station.connected = true;
  if (station.record.standing === 'accepted' && station.record.boot !== undefined) openLink(context, station);
  inside.heard(station);
}

function closed(context: Context, identity: string): void {
  const station = context.stations.find(identity);
  if (station === undefined) return;
  station.connected = false;
  station.heardAtMs = context.clock.elapsed();
  station.noCommandsReason = 'it is not connected';
}

import { openLink, type Context } from './context.ts';
import type { Commands } from './commands.ts';
import { keepNotice } from './inbound.ts';
import { isSilent } from './liveness.ts';
import type { Pump } from './pump.ts';
import { textOf, type Station } from './stations.ts';
import type { FleetCharger, TransferCharger, TransfersLine } from './transfers-port.ts';

/** How transfers reach the chargers and the CSMS; `commands` is asked when a call is made. */
export function transfersLine(
  context: Context,
  commands: () => Commands,
  pumpOf: (station: Station) => Pump,
): TransfersLine {
  const { stations } = context;
  return {
    call: async (identity, action, payload) => {
      const station = stations.find(identity);
      if (station !== undefined) return commands().ask(station, action, payload);
      return { kind: 'unreachable', reason: 'the charger is not known', sent: false };
    },
    charger: (identity) => {
      const station = stations.find(identity);
      return station === undefined ? undefined : chargerOf(station);
    },
    fleet: async () => {
      const open = await context.store.openTransactionCounts();
      return [...stations.all()].map((station) => fleetChargerOf(context, station, open.get(station.identity) ?? 0));
    },
    tell: async (identity, notice, dedupeKey) => {
      const station = stations.find(identity);
      if (station === undefined) return;
      openLink(context, station);
      await keepNotice(context, station, pumpOf(station), { ...notice, dedupeKey });
    },
  };
}

function chargerOf({ identity, record: { source, callback, boot } }: Station): TransferCharger {
  const firmwareVersion = textOf(boot?.payload ?? {}, 'firmwareVersion');
  return { identity, address: source, commandable: callback !== undefined, firmwareVersion };
}

function fleetChargerOf(context: Context, station: Station, openTransactions: number): FleetCharger {
  const { record, settings } = station;
  const boot = record.boot?.payload ?? {};
  return {
    ...chargerOf(station),
    vendor: textOf(boot, 'chargePointVendor'),
    model: textOf(boot, 'chargePointModel'),
    accepted: record.standing === 'accepted' && !settings.blocked,
    silent: isSilent(context, station),
    openTransactions,
  };
}

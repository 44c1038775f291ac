import { openLink, type Context } from './context.ts';
import type { Commands } from './commands.ts';
import { keepNotice } from './inbound.ts';
import type { Pump } from './pump.ts';
import { textOf, type Station } from './stations.ts';
import type { TransfersLine } from './transfers-port.ts';

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
      if (station === undefined) return undefined;
      const { source, callback, boot } = station.record;
      const firmwareVersion = textOf(boot?.payload ?? {}, 'firmwareVersion');
      return { identity: station.identity, address: source, commandable: callback !== undefined, firmwareVersion };
    },
    tell: async (identity, notice, dedupeKey) => {
      const station = stations.find(identity);
      if (station === undefined) return;
      openLink(context, station);
      await keepNotice(context, station, pumpOf(station), { ...notice, dedupeKey });
    },
  };
}

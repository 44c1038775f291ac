import type { ChargerLine } from './charging-port.ts';
import type { Commands } from './commands.ts';
import type { Context } from './context.ts';
import { factsOf } from './facts.ts';

/** How smart charging reaches the chargers; `commands` is asked when a call is made. */
export function chargerLine(context: Context, commands: () => Commands): ChargerLine {
  const { stations } = context;
  return {
    call: async (identity, action, payload) => {
      const station = stations.find(identity);
      if (station !== undefined) return commands().call(station, action, payload);
      return { kind: 'unreachable', reason: 'the charger is not known', sent: false };
    },
    facts: async (identity) => {
      const station = stations.find(identity);
      return station && factsOf(context, station);
    },
    chargers: () => {
      const accepted = [...stations.all()].filter(({ record }) => record.standing === 'accepted');
      return Promise.all(accepted.map((station) => factsOf(context, station)));
    },
  };
}

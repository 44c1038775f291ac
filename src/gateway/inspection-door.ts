import type { ChargingDoor } from './charging-port.ts';
import type { Commands } from './commands.ts';
import type { Context } from './context.ts';
import { factsOf } from './facts.ts';
import type { ConfigurationAnswer, InspectionDoor } from './inspection-port.ts';
import type { Delivery } from './ports.ts';
import { canDo, writtenConfiguration } from './stand-in.ts';

/** What people may look at; nothing of it changes anything. `commands` is asked when a call is made. */
export function createInspectionDoor(
  context: Context,
  charging: Pick<ChargingDoor, 'limits' | 'rules'>,
  commands: () => Commands,
): InspectionDoor {
  const { store, stations } = context;
  return {
    limits: (identity) => {
      const station = stations.find(identity);
      return station === undefined ? new Map() : charging.limits(station.identity, station.record.connectors);
    },
    rules: async (identity, window) => {
      const station = stations.find(identity);
      return station && charging.rules(await factsOf(context, station), window);
    },
    configuration: async (identity) => {
      const station = stations.find(identity);
      if (station === undefined) return { kind: 'unseen' };
      if (!canDo(context, station, 'GetConfiguration')) {
        return { kind: 'answered', payload: writtenConfiguration(station, []) };
      }
      return answerOf(await commands().call(station, 'GetConfiguration', {}));
    },
    sessions: (filter) => store.sessions(filter),
  };
}

function answerOf(delivery: Delivery): ConfigurationAnswer {
  switch (delivery.kind) {
    case 'answered':
      return { kind: 'answered', payload: delivery.payload };
    case 'refused':
      return { kind: 'refused', reason: delivery.description };
    case 'unreachable':
      return { kind: 'unreachable', reason: delivery.reason };
  }
}

import type { InspectionDoor } from '../gateway/inspection-port.ts';
import type { Clock, Payload } from '../gateway/ports.ts';
import { chargerRowsNow, chargerSheetNow, type ChargerViewsParts } from './charger-views.ts';
import { maskRecord } from '../masking/mask.ts';
import { answerQuery, wholeOf } from './query.ts';
import { type Answer, failure, json, type Route } from './routes.ts';
import {
  chargerRow,
  chargerSheet,
  configurationKeys,
  type ConfigurationKeys,
  connectorProfiles,
  type ConnectorProfiles,
} from './views/chargers.ts';
import { list, record, whole } from './views/shape.ts';
import { DeadlineExceeded, within } from './within.ts';

/** The chargers as they are now. */
export function chargerRoutes(views: ChargerViewsParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['api', 'chargers'],
      scope: 'read',
      summary: 'All chargers ever seen',
      gives: record({ chargers: list(chargerRow, 'In no certain order.') }, 'All chargers.'),
      answer: async () => json({ chargers: await chargerRowsNow(views) }),
    },
    {
      method: 'GET',
      path: ['api', 'chargers', ':identity'],
      scope: 'read',
      summary: 'All that is known of a charger',
      gives: record({ charger: chargerSheet }, 'A charger.'),
      answer: async ([identity = '']) => {
        const charger = await chargerSheetNow(views, identity);
        return charger === undefined ? unseen(identity) : json({ charger });
      },
    },
  ];
}

/** What a running gateway alone can tell of a charger. */
export function inspectionRoutes(inspection: InspectionDoor, clock: Pick<Clock, 'now'>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['api', 'chargers', ':identity', 'profiles'],
      scope: 'read',
      summary: 'What rules each connector of a charger, and why',
      query: { hours: whole(`How far to look ahead, 1 to ${mostHours}; ${usualHours} when absent.`) },
      gives: record({ connectors: list(connectorProfiles, 'From 1 on.') }, 'Profiles of a charger.'),
      answer: ([identity = ''], query) => answerQuery(() => profiles(inspection, identity, query, clock.now())),
    },
    {
      method: 'GET',
      path: ['api', 'chargers', ':identity', 'configuration'],
      scope: 'operate',
      summary: 'Asks a charger for its configuration',
      gives: record({ configuration: configurationKeys }, 'Configuration of a charger.'),
      answer: ([identity = '']) => configuration(inspection, identity),
    },
  ];
}

const usualHours = 24;
const mostHours = 168;

async function profiles(
  inspection: InspectionDoor,
  identity: string,
  query: URLSearchParams,
  nowMs: number,
): Promise<Answer> {
  const hours = wholeOf(query, 'hours', 1, mostHours) ?? usualHours;
  const fromS = Math.floor(nowMs / 1000);
  const connectors: readonly ConnectorProfiles[] | undefined = await inspection.rules(identity, {
    fromS,
    toS: fromS + hours * 3600,
  });
  return connectors === undefined ? unseen(identity) : json({ connectors });
}

/** Before whoever asks gives up. */
const chargerDeadlineMs = 12_000;

async function configuration(inspection: InspectionDoor, identity: string): Promise<Answer> {
  try {
    const answered = await within(chargerDeadlineMs, `charger ${identity}`, inspection.configuration(identity));
    switch (answered.kind) {
      case 'answered':
        return json({ configuration: keysOf(answered.payload) });
      case 'refused':
        return failure(502, `charger ${identity} refused: ${answered.reason}`);
      case 'unreachable':
        return failure(504, `charger ${identity} did not answer: ${answered.reason}`);
      case 'unseen':
        return unseen(identity);
    }
  } catch (thrown) {
    if (thrown instanceof DeadlineExceeded) return failure(504, thrown.message);
    throw thrown;
  }
}

/** GetConfiguration.conf (OCPP 1.6 §6.24) with its secrets hidden. */
function keysOf({ configurationKey, unknownKey }: Payload): ConfigurationKeys {
  return {
    keys: recordsOf(configurationKey).map(({ key, readonly, value }) => ({
      key: String(key),
      readonly: readonly === true,
      value: shownValue(String(key), value),
    })),
    unknown: Array.isArray(unknownKey) ? unknownKey.map(String) : [],
  };
}

/** As in the log: what is named like a secret is one. */
function shownValue(key: string, value: unknown): string | undefined {
  return value === undefined ? undefined : String(maskRecord({ key, value }, { payloads: true })['value']);
}

function recordsOf(value: unknown): readonly Payload[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Payload => typeof one === 'object' && one !== null);
}

const unseen = (identity: string): Answer => failure(404, `charger ${identity} was never seen`);

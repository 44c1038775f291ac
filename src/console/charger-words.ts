import type { ChargerRow } from '../operator/views/chargers.ts';
import type { Tone } from './parts/badge.tsx';
import type { Words } from './words/en.ts';
import { terms } from './words/words.ts';

/** What a charger is, in one word: what is worst comes first. */
export type ChargerState = 'blocked' | 'quarantined' | 'conflict' | 'silent' | 'faulted' | 'charging' | 'ready';

export function stateOf(row: ChargerRow): ChargerState {
  if (row.standing !== 'accepted') return row.standing;
  if (row.conflict) return 'conflict';
  if (!row.alive) return 'silent';
  if (row.connectors.some(({ status }) => status === 'Faulted')) return 'faulted';
  return row.openTransactions > 0 ? 'charging' : 'ready';
}

export const stateTones: Readonly<Record<ChargerState, Tone>> = {
  blocked: 'idle',
  quarantined: 'warn',
  conflict: 'bad',
  silent: 'bad',
  faulted: 'bad',
  charging: 'busy',
  ready: 'good',
};

/** Measured at all connectors; undefined: nothing was. */
export function powerOf({ connectors }: ChargerRow): number | undefined {
  const measured = connectors.flatMap(({ powerW }) => powerW ?? []);
  return measured.length === 0 ? undefined : measured.reduce((sum, each) => sum + each, 0);
}

/** As people write it. */
export function protocolOf({ wire }: ChargerRow): string {
  const [version, coding] = wire.replace('ocpp', '').split('-');
  return `${version}-${coding === 'soap' ? 'S' : 'J'}`;
}

/** Chargers by state, in the words of the filter. */
export function stateOptions(texts: Words['chargers']): readonly (readonly [string, string])[] {
  const { states } = texts;
  return [
    ['', terms.value.all],
    ['charging', states.charging],
    ['ready', states.ready],
    ['silent', states.silent],
    ['faulted', states.faulted],
    ['noCommands', texts.noCommands],
    ['quarantined', states.quarantined],
    ['blocked', states.blocked],
    ['conflict', states.conflict],
  ];
}

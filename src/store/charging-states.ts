import type { Database } from 'better-sqlite3';
import type { ChargingState } from '../charging/ports.ts';

/** What smart charging remembers, a row a charger. */
export function openChargingStates(db: Database) {
  const find = db.prepare<[number], { state: string }>('select state from charging_states where station = ?');
  const save = db.prepare<[number, string]>(
    `insert into charging_states (station, state) values (?, ?)
     on conflict do update set state = excluded.state`,
  );
  return {
    of: (station: number): ChargingState | undefined => {
      const row = find.get(station);
      return row && (JSON.parse(row.state) as ChargingState);
    },
    save: (station: number, state: ChargingState) => {
      save.run(station, JSON.stringify(state));
    },
  };
}

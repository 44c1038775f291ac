import type { Database } from 'better-sqlite3';
import type { BootRecord, StationRecord } from '../gateway/store-port.ts';

type StationRow = Omit<StationRecord, 'source' | 'callback' | 'boot'> & {
  readonly source: string | null;
  readonly callback: string | null;
  readonly boot: string | null;
};

/** Chargers as the gateway knows them. */
export function openStations(db: Database) {
  const all = db.prepare<[], StationRow>(
    `select identity, standing, csms_identity csmsIdentity, csms_protocol csmsProtocol, wire, source, callback,
       first_seen_ms firstSeenMs, last_seen_ms lastSeenMs, boot, connectors
     from stations join identities using (id) order by identity`,
  );
  const save = db.prepare<[Record<string, unknown>]>(
    `insert or replace into stations (id, standing, csms_identity, csms_protocol, wire, source, callback, first_seen_ms,
       last_seen_ms, boot, connectors)
     values (@id, @standing, @csmsIdentity, @csmsProtocol, @wire, @source, @callback, @firstSeenMs, @lastSeenMs, @boot,
       @connectors)`,
  );
  return {
    all: (): readonly StationRecord[] => all.all().map(recordOf),
    save: (id: number, record: StationRecord) => {
      const { source = null, callback = null, boot } = record;
      save.run({ ...record, id, source, callback, boot: boot === undefined ? null : JSON.stringify(boot) });
    },
  };
}

function recordOf(row: StationRow): StationRecord {
  const { source, callback, boot } = row;
  return {
    ...row,
    source: source ?? undefined,
    callback: callback ?? undefined,
    boot: boot === null ? undefined : parseBoot(boot),
  };
}

function parseBoot(text: string): BootRecord {
  const boot = JSON.parse(text) as Omit<BootRecord, 'csms'> & Partial<BootRecord>;
  // JSON has no undefined: a boot that the CSMS never heard of lost the key on its way.
  return { csms: undefined, ...boot };
}

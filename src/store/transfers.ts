import type { Database } from 'better-sqlite3';
import type { NewTransfer, Recorded, Transfer, TranscriptLine } from '../transfers/jobs/ports.ts';
import type { Secrets } from './secrets.ts';

type Row = { readonly id: number; readonly sealed: Buffer };
type Line = { readonly line: number; readonly at_ms: number; readonly text: string };

const mostLines = 500;

/** Jobs of transfers, a sealed row each, and their transcripts. */
export function openTransfers(db: Database, secrets: Secrets) {
  const insert = db
    .prepare<[number, number, number, Buffer], number>(
      'insert into transfers (station, open, changed_ms, sealed) values (?, ?, ?, ?) returning id',
    )
    .pluck();
  const update = db.prepare<[number, number, Buffer, number]>(
    'update transfers set open = ?, changed_ms = ?, sealed = ? where id = ?',
  );
  const find = db.prepare<[number], Row>('select id, sealed from transfers where id = ?');
  // Null stands for any.
  const list = db.prepare<{ station: number | null; open: number | null }, Row>(
    `select id, sealed from transfers
     where (@station is null or station = @station) and (@open is null or open = @open) order by id desc`,
  );
  const lastLine = db.prepare<[number], number>('select max(line) from transfer_lines where transfer = ?').pluck();
  const addLine = db.prepare<[number, number, number, string]>(
    'insert into transfer_lines (transfer, line, at_ms, text) values (?, ?, ?, ?)',
  );
  const cutLines = db.prepare<[number, number]>('delete from transfer_lines where transfer = ? and line <= ?');
  const lines = db.prepare<[number], Line>(
    'select line, at_ms, text from transfer_lines where transfer = ? order by line',
  );
  const prune = db.prepare<[number]>('delete from transfers where open = 0 and changed_ms < ?');

  const jobIn = ({ id, sealed }: Row): Transfer => {
    const job = JSON.parse(secrets.unseal(sealed, place)) as NewTransfer;
    return { ...job, id };
  };
  return {
    add: (station: number, job: NewTransfer): number => {
      const id = insert.get(station, Number(job.open), job.changedAtMs, sealedIn(secrets, job));
      if (id === undefined) throw new Error('an insert returned no row');
      return id;
    },
    save: ({ id, ...job }: Transfer, added: readonly TranscriptLine[]): void => {
      const { changes } = update.run(Number(job.open), job.changedAtMs, sealedIn(secrets, job), id);
      if (changes === 0 || added.length === 0) return;
      const last = lastLine.get(id) ?? 0;
      added.forEach(({ atMs, text }, index) => addLine.run(id, last + 1 + index, atMs, text));
      cutLines.run(id, last + added.length - mostLines);
    },
    list: (station: number | undefined, open: boolean | undefined): readonly Transfer[] =>
      list.all({ station: station ?? null, open: open === undefined ? null : Number(open) }).map(jobIn),
    of: (id: number): Recorded | undefined => {
      const row = find.get(id);
      if (row === undefined) return undefined;
      return { transfer: jobIn(row), lines: lines.all(id).map(({ at_ms, text }) => ({ atMs: at_ms, text })) };
    },
    prune: (beforeMs: number): void => {
      prune.run(beforeMs);
    },
  };
}

/** Whether there are jobs that only the right key file opens. */
export function holdsTransfers(db: Database): boolean {
  return db.prepare('select 1 from transfers limit 1').get() !== undefined;
}

const place = 'transfer';

function sealedIn(secrets: Secrets, job: Omit<Transfer, 'id'>): Buffer {
  return secrets.seal(JSON.stringify(job), place);
}

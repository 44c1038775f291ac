import type { Database, Statement } from 'better-sqlite3';
import type { SitePoint } from './ports.ts';

/** A week of minutes. */
const mostPoints = 7 * 24 * 60;

/** What sites did, minute by minute. Everything throws what SQLite throws. */
export class SiteTable {
  readonly #write: Statement;
  readonly #read: Statement;
  readonly #forget: Statement;

  constructor(db: Database) {
    this.#write = db.prepare('insert or replace into site_minutes (site, at_ms, point) values (?, ?, ?)');
    this.#read = db
      .prepare('select point from site_minutes where site = ? and at_ms >= ? and at_ms < ? order by at_ms limit ?')
      .pluck();
    this.#forget = db.prepare('delete from site_minutes where at_ms < ?');
  }

  write(site: string, point: SitePoint): void {
    this.#write.run(site, point.atMs, JSON.stringify(point));
  }

  read(site: string, fromMs: number, toMs: number): readonly SitePoint[] {
    const texts = this.#read.all(site, fromMs, toMs, mostPoints) as readonly string[];
    // Only `write` puts texts there.
    return texts.map((text) => JSON.parse(text) as SitePoint);
  }

  forget(beforeMs: number): void {
    this.#forget.run(beforeMs);
  }
}

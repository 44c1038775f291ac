import type { Database } from 'better-sqlite3';
import type { Lying, MadePlan, SiteMemory, SiteState } from '../charging/site/ports.ts';

type Row = { readonly memory: string | null; readonly plan: string | null; readonly lying: string | null };

/** What is remembered of managed sites, a row a site. */
export function openSiteStates(db: Database) {
  const find = db.prepare<[string], Row>('select memory, plan, lying from site_states where site = ?');
  const save = db.prepare<[string, string | null, string | null, string | null]>(
    `insert into site_states (site, memory, plan, lying) values (?, ?, ?, ?)
     on conflict do update set
       memory = coalesce(excluded.memory, memory),
       plan = coalesce(excluded.plan, plan),
       lying = coalesce(excluded.lying, lying)`,
  );
  return {
    of: (site: string): SiteState | undefined => {
      const row = find.get(site);
      return row && stateOf(row);
    },
    save: (site: string, { memory, plan, lying }: Partial<SiteState>) => {
      save.run(site, texted(memory), texted(plan), texted(lying));
    },
  };
}

/** Reads what this store wrote. */
function stateOf({ memory, plan, lying }: Row): SiteState {
  return {
    memory: memory === null ? undefined : (JSON.parse(memory) as SiteMemory),
    plan: plan === null ? undefined : (JSON.parse(plan) as MadePlan),
    lying: lying === null ? [] : (JSON.parse(lying) as readonly Lying[]),
  };
}

function texted(part: unknown): string | null {
  return part === undefined ? null : JSON.stringify(part);
}

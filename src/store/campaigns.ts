import type { Database } from 'better-sqlite3';
import type { Campaign, Member, Phase } from '../transfers/campaigns/ports.ts';
import type { Secrets } from './secrets.ts';

type Row = { readonly name: string; readonly sealed: Buffer };
type MemberRow = { readonly station: number; readonly wave: number; readonly phase: string };
type Names = { readonly number: (identity: string) => number; readonly name: (number: number) => string };

/** Firmware campaigns, a sealed row each, and a row for each of their chargers. */
export function openCampaigns(db: Database, secrets: Secrets, identities: Names) {
  const all = db.prepare<[], Row>('select name, sealed from campaigns order by name');
  const save = db.prepare<[string, Buffer]>(
    `insert into campaigns (name, sealed) values (?, ?)
     on conflict do update set sealed = excluded.sealed`,
  );
  const members = db.prepare<[string], MemberRow>(
    'select station, wave, phase from campaign_members where campaign = ? order by place',
  );
  const saveMember = db.prepare<[string, number, number, number, number, string]>(
    `insert into campaign_members (campaign, station, run, place, wave, phase) values (?, ?, ?, ?, ?, ?)
     on conflict do update set
       run = excluded.run, place = excluded.place, wave = excluded.wave, phase = excluded.phase`,
  );
  const forget = db.prepare<[string, number]>('delete from campaign_members where campaign = ? and run <> ?');

  const memberIn = ({ station, wave, phase }: MemberRow): Member => ({
    station: identities.name(station),
    wave,
    phase: JSON.parse(phase) as Phase,
  });
  return {
    all: (): readonly Campaign[] =>
      all.all().map(({ name, sealed }) => {
        const campaign = JSON.parse(secrets.unseal(sealed, place)) as Omit<Campaign, 'members'>;
        return { ...campaign, members: members.all(name).map(memberIn) };
      }),
    save: ({ members: list, ...campaign }: Campaign, changed: readonly Member[]): void => {
      const { name } = campaign.order;
      save.run(name, secrets.seal(JSON.stringify(campaign), place));
      forget.run(name, campaign.run);
      const places = new Map(list.map(({ station }, index) => [station, index]));
      for (const { station, wave, phase } of changed) {
        const at = places.get(station) ?? list.length;
        saveMember.run(name, identities.number(station), campaign.run, at, wave, JSON.stringify(phase));
      }
    },
  };
}

/** Whether there are campaigns that only the right key file opens. */
export function holdsCampaigns(db: Database): boolean {
  return db.prepare('select 1 from campaigns limit 1').get() !== undefined;
}

const place = 'campaign';

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCampaignContradictions } from './campaign-consistency.ts';
import type { ValueOf } from './field.ts';
import { notIn } from './load.ts';
import { byPlace, type Mistake, placeOf, type Sources } from './place.ts';
import type { Settings } from './schema.ts';
import { campaignFileSchema } from './sections/campaign.ts';
import { spellOut } from './shape.ts';
import { systemProblem } from './system-problem.ts';
import { placed, validatorOf } from './validation.ts';
import { readYamlFile } from './yaml-source.ts';

/** What a campaign file says, defaults filled in. */
export type WrittenCampaign = ValueOf<typeof campaignFileSchema>;

export type ReadCampaigns = {
  /** Those whose every key makes sense. */
  readonly campaigns: readonly WrittenCampaign[];
  /** Of all files. */
  readonly mistakes: readonly Mistake[];
};

/** Reads every `*.yaml` of `transfers.campaignsFolder`; without that folder there are none. Throws nothing but our own bugs. */
export function readCampaigns({ transfers: { campaignsFolder } }: Pick<Settings, 'transfers'>): ReadCampaigns {
  if (campaignsFolder === undefined) return { campaigns: [], mistakes: [] };
  let names: readonly string[];
  try {
    names = readdirSync(campaignsFolder).filter((name) => name.endsWith('.yaml') && !name.startsWith('.'));
  } catch (error) {
    const place = { kind: 'file', file: campaignsFolder, line: 1, column: 1 } as const;
    const message = `the folder of campaigns ${systemProblem(error)}`;
    return { campaigns: [], mistakes: [{ place, path: [], message }] };
  }
  const files = names.toSorted().map((name) => readCampaignFile(join(campaignsFolder, name)));
  const mistakes = [...files.flatMap((file) => file.mistakes), ...sharedNames(files)];
  return { campaigns: files.flatMap(({ written }) => written ?? []), mistakes };
}

type ReadFile = {
  readonly file: string;
  readonly sources?: Sources;
  readonly written?: WrittenCampaign;
  readonly mistakes: readonly Mistake[];
};

const validate = validatorOf(campaignFileSchema);

function readCampaignFile(file: string): ReadFile {
  const yaml = readYamlFile(file);
  if (yaml.kind === 'broken') return { file, mistakes: yaml.mistakes };
  const { sources } = yaml;
  const { value, findings } = validate(spellOut(campaignFileSchema, yaml.data, dirname(file)));
  const more = value === undefined ? [] : findCampaignContradictions(value).filter(notIn(findings));
  const mistakes = [...findings, ...more].map(placed(sources)).toSorted(byPlace);
  return { file, sources, mistakes, ...(value === undefined || mistakes.length > 0 ? {} : { written: value }) };
}

/** A name says which file is meant. */
function sharedNames(files: readonly ReadFile[]): readonly Mistake[] {
  const taken = new Map<string, string>();
  return files.flatMap(({ file, sources, written }) => {
    if (sources === undefined || written === undefined) return [];
    const first = taken.get(written.name);
    taken.set(written.name, first ?? file);
    if (first === undefined) return [];
    const message = `the campaign ${JSON.stringify(written.name)} stands in ${first} already`;
    return [{ place: placeOf(sources, ['name']), path: ['name'], message }];
  });
}

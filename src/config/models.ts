import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ValueOf } from './field.ts';
import type { LoadedConfig } from './load.ts';
import { byPlace, describeMistake, type KeyPath, type Mistake, placeOfKey } from './place.ts';
import type { Settings } from './schema.ts';
import { modelFileSchema } from './sections/models.ts';
import { spellOut } from './shape.ts';
import { suggest } from './suggestion.ts';
import { systemProblem } from './system-problem.ts';
import { type Finding, placed, validatorOf } from './validation.ts';
import { readYamlFile } from './yaml-source.ts';

type ModelFile = ValueOf<typeof modelFileSchema>;
type Entry = NonNullable<ModelFile['models'][string]>;
type KeyEntry = NonNullable<Entry['changeConfiguration']>;
type TransferEntry = NonNullable<Entry['dataTransfer']>;

/** How a model of charger is held to a limit; at least one of `write` and `stopStart` is there. */
export type ChargerModel = {
  readonly name: string;
  /** Patterns for its BootNotification. */
  readonly vendors: readonly string[];
  readonly models: readonly string[];
  readonly write:
    | (Omit<KeyEntry, 'key'> & { readonly kind: 'changeConfiguration'; readonly keys: readonly string[] })
    | (TransferEntry & { readonly kind: 'dataTransfer' })
    | undefined;
  readonly stopStart: Entry['remoteStopStart'];
  readonly restA: number;
};

export type LoadedModels = { readonly kind: 'loaded'; readonly models: readonly ChargerModel[] };

export type RefusedModels = { readonly kind: 'refused'; readonly mistakes: readonly Mistake[] };

/**
 * Reads every `*.yaml` of the folders, in the order of their names. A model in a later folder replaces the one of the
 * same name in an earlier one, and is looked at first. Throws nothing but our own bugs.
 */
export function loadModels(...folders: readonly string[]): LoadedModels | RefusedModels {
  const read = folders.map(readFolder);
  const mistakes = read.flatMap((folder) => folder.mistakes);
  if (mistakes.length > 0) return { kind: 'refused', mistakes };
  const byName = new Map<string, ChargerModel>();
  for (const model of read.toReversed().flatMap(({ models }) => models)) {
    if (!byName.has(model.name)) byName.set(model.name, model);
  }
  return { kind: 'loaded', models: [...byName.values()] };
}

/**
 * The models that a config works with: the shipped ones, and those of `charging.modelsFolder`. A charger that names a
 * model that nobody has is a mistake of the config.
 */
export function loadModelsFor(
  { config, sources }: Pick<LoadedConfig, 'config' | 'sources'>,
  shippedFolder: string,
): LoadedModels | RefusedModels {
  const { modelsFolder } = config.charging;
  const loaded = loadModels(shippedFolder, ...(modelsFolder === undefined ? [] : [modelsFolder]));
  if (loaded.kind === 'refused') return loaded;
  const mistakes = unknownModels(config, loaded.models).map(placed(sources)).toSorted(byPlace);
  return mistakes.length > 0 ? { kind: 'refused', mistakes } : loaded;
}

/** Whether a config names models, or a folder of its own with some. */
export function namesModels(settings: Settings): boolean {
  return settings.charging.modelsFolder !== undefined || namedModels(settings).length > 0;
}

/** The models that come with the gateway; that they are sound is for the tests. */
export function shippedModels(folder: string): readonly ChargerModel[] {
  const loaded = loadModels(folder);
  if (loaded.kind === 'loaded') return loaded.models;
  throw new Error(loaded.mistakes.map(describeMistake).join('\n'));
}

function unknownModels(settings: Settings, models: readonly ChargerModel[]): readonly Finding[] {
  const names = models.map(({ name }) => name);
  const unknown = namedModels(settings).filter(({ name }) => !names.includes(name));
  return unknown.map(({ path, name }) => {
    return { path, at: 'value', message: `no model is called ${JSON.stringify(name)}${suggest(name, names)}` };
  });
}

function namedModels(settings: Settings): readonly { readonly path: KeyPath; readonly name: string }[] {
  const uses: readonly (readonly [KeyPath, string | undefined])[] = [
    [['chargerDefaults', 'model'], settings.chargerDefaults.model],
    ...Object.entries(settings.groups).map(([name, { model }]) => [['groups', name, 'model'], model] as const),
    ...Object.entries(settings.chargers).map(([name, { model }]) => [['chargers', name, 'model'], model] as const),
  ];
  return uses.flatMap(([path, name]) => (name === undefined ? [] : [{ path, name }]));
}

type Read = { readonly models: readonly ChargerModel[]; readonly mistakes: readonly Mistake[] };

function readFolder(folder: string): Read {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  } catch (error) {
    const place = { kind: 'file', file: folder, line: 1, column: 1 } as const;
    const message = `the folder of models ${systemProblem(error)}`;
    return { models: [], mistakes: [{ place, path: [], message }] };
  }
  const taken = new Map<string, string>();
  const read = names.toSorted().map((name) => readModelFile(join(folder, name), taken));
  return { models: read.flatMap(({ models }) => models), mistakes: read.flatMap(({ mistakes }) => mistakes) };
}

const validate = validatorOf(modelFileSchema);

function readModelFile(file: string, taken: Map<string, string>): Read {
  const yaml = readYamlFile(file);
  if (yaml.kind === 'broken') return { models: [], mistakes: yaml.mistakes };
  const { value, findings } = validate(spellOut(modelFileSchema, yaml.data, ''));
  const entries = Object.entries(value?.models ?? {});
  const wrong = [...findings, ...(findings.length > 0 ? [] : entries.flatMap(contradictions))];
  const twins = entries.flatMap(([name]) => {
    const first = taken.get(name);
    taken.set(name, first ?? file);
    const path = ['models', name];
    return first === undefined ? [] : [{ place: placeOfKey(yaml.sources, path), path, message: twin(name, first) }];
  });
  const mistakes = [...wrong.map(placed(yaml.sources)), ...twins].toSorted(byPlace);
  return { models: mistakes.length > 0 ? [] : entries.map(modelOf), mistakes };
}

const twin = (name: string, first: string): string => `${JSON.stringify(name)} stands in ${first} already`;

function modelOf([name, entry]: readonly [string, Entry]): ChargerModel {
  const { vendor, model, restA, remoteStopStart } = entry;
  return { name, vendors: vendor, models: model, write: writeOf(entry), stopStart: remoteStopStart, restA };
}

function writeOf({ changeConfiguration, dataTransfer }: Entry): ChargerModel['write'] {
  if (dataTransfer !== undefined) return { kind: 'dataTransfer', ...dataTransfer };
  if (changeConfiguration === undefined) return undefined;
  const { key, ...value } = changeConfiguration;
  return { kind: 'changeConfiguration', keys: key, ...value };
}

/** What no single key shows. */
function contradictions([name, entry]: readonly [string, Entry]): readonly Finding[] {
  const { changeConfiguration, dataTransfer, remoteStopStart } = entry;
  const path = ['models', name];
  if (changeConfiguration === undefined && dataTransfer === undefined && remoteStopStart === undefined) {
    return [finding(path, 'needs changeConfiguration, dataTransfer or remoteStopStart')];
  }
  const both = changeConfiguration !== undefined && dataTransfer !== undefined;
  return [
    ...(both ? [finding([...path, 'dataTransfer'], 'excludes changeConfiguration beside it')] : []),
    ...(changeConfiguration === undefined ? [] : valueMistakes([...path, 'changeConfiguration'], changeConfiguration)),
    ...(dataTransfer === undefined ? [] : valueMistakes([...path, 'dataTransfer'], dataTransfer)),
  ];
}

type Value = Pick<KeyEntry, 'step' | 'minimum' | 'maximum' | 'values' | 'scope'>;

function valueMistakes(path: KeyPath, value: Value & { readonly key?: readonly string[] }): readonly Finding[] {
  const { step, minimum, maximum, scope, key = [] } = value;
  // Decimals such as 0.1 are not exact; thousandths are.
  const isMultiple = Math.round(minimum * 1000) % Math.round(step * 1000) === 0;
  const isEmpty = maximum !== undefined && maximum < minimum;
  const isLonely = key.length > 1 && scope !== 'connector';
  return [
    ...(isMultiple ? [] : [finding([...path, 'minimum'], `must be a multiple of step, which is ${step}`)]),
    ...(isEmpty ? [finding([...path, 'maximum'], `must be at least minimum, which is ${minimum}`)] : []),
    ...(isLonely ? [finding([...path, 'key'], 'may be a list of several only where scope is connector')] : []),
  ];
}

const finding = (path: KeyPath, message: string): Finding => ({ path, at: 'key', message });

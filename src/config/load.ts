import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findUnusableCertificates } from './certificates.ts';
import { certificateUses, findContradictions, findDoubts } from './consistency.ts';
import { type Environment, readReference } from './contents.ts';
import { applyEnvironment } from './environment.ts';
import { type KeyPath, type Mistake, placeOf, placeOfKey, type Sources } from './place.ts';
import { type Settings, settingsSchema } from './schema.ts';
import type { Secret } from './secret.ts';
import { formattedTexts, spellOut } from './shape.ts';
import { systemProblem } from './system-problem.ts';
import { type Finding, validateSettings } from './validation.ts';
import { readYaml } from './yaml-source.ts';

/** The settings, and what their references (`passwordFrom`, `certFile`, …) lead to, by the reference as it stands there. */
export type Config = Settings & { readonly contents: ReadonlyMap<string, Secret> };

export type LoadedConfig = {
  readonly kind: 'loaded';
  readonly config: Config;
  readonly warnings: readonly Mistake[];
  readonly sources: Sources;
};

export type RefusedConfig = { readonly kind: 'refused'; readonly mistakes: readonly Mistake[] };

/**
 * Reads the config file and everything it refers to; the only place where settings come from. All mistakes are found
 * at once; a config with one is refused as a whole. Throws nothing but our own bugs.
 */
export function loadConfig(file: string, env: Environment): LoadedConfig | RefusedConfig {
  const text = readText(file);
  if (text.kind === 'refused') return text;
  const yaml = readYaml(text.yaml, file);
  if (yaml.kind === 'broken') return { kind: 'refused', mistakes: yaml.mistakes };
  const { data, sources, mistakes } = applyEnvironment(settingsSchema, yaml.data, yaml.sources, env);
  const { settings, findings } = validateSettings(spellOut(settingsSchema, data, dirname(file)));
  const contradictions = settings === undefined ? [] : findContradictions(settings);
  const references = settings === undefined ? nothingRead : readReferences(settings, env);
  const wrong = [...findings, ...[...contradictions, ...references.mistakes].filter(notIn(findings))];
  const all = [...mistakes, ...wrong.map(placed(sources))];
  if (all.length > 0 || settings === undefined) return { kind: 'refused', mistakes: all.toSorted(byPlace) };
  const warnings = [...findDoubts(settings), ...references.warnings].map(placed(sources));
  return { kind: 'loaded', config: { ...settings, contents: references.contents }, warnings, sources };
}

function readText(file: string): { readonly kind: 'read'; readonly yaml: string } | RefusedConfig {
  try {
    return { kind: 'read', yaml: readFileSync(file, 'utf8') };
  } catch (error) {
    const place = { kind: 'file', file, line: 1, column: 1 } as const;
    return { kind: 'refused', mistakes: [{ place, path: [], message: `the config file ${systemProblem(error)}` }] };
  }
}

type References = {
  readonly contents: ReadonlyMap<string, Secret>;
  readonly mistakes: readonly Finding[];
  readonly warnings: readonly Finding[];
};

const nothingRead: References = { contents: new Map(), mistakes: [], warnings: [] };

function readReferences(settings: Settings, env: Environment): References {
  const contents = new Map<string, Secret>();
  const mistakes: Finding[] = [];
  const warnings: Finding[] = [];
  for (const { path, format, value } of formattedTexts(settingsSchema, settings)) {
    const content = readReference(format, value, env);
    if (content?.kind === 'missing') mistakes.push({ path, at: 'value', message: content.message });
    if (content?.kind === 'read') contents.set(value, content.secret);
    if (content?.kind === 'read' && content.warning !== undefined) {
      warnings.push({ path, at: 'value', message: content.warning });
    }
  }
  const unusable = findUnusableCertificates(certificateUses(settings), contents).filter(notIn(mistakes));
  return { contents, mistakes: [...mistakes, ...unusable], warnings };
}

/** A value that is wrong in itself is told once; what follows from it is not. */
function notIn(findings: readonly Finding[]): (finding: Finding) => boolean {
  const told = findings.map(({ path }) => path);
  return ({ path }) => !told.some((other) => begins(other, path) || begins(path, other));
}

const begins = (start: KeyPath, path: KeyPath): boolean => start.every((step, index) => path[index] === step);

function placed(sources: Sources): (finding: Finding) => Mistake {
  return ({ path, at, message }) => ({
    place: at === 'key' ? placeOfKey(sources, path) : placeOf(sources, path),
    path,
    message,
  });
}

/** Down the file, the environment last. */
function byPlace({ place: one }: Mistake, { place: other }: Mistake): number {
  if (one.kind === 'file' && other.kind === 'file') return one.line - other.line || one.column - other.column;
  if (one.kind === 'env' && other.kind === 'env') return one.name.localeCompare(other.name);
  return one.kind === 'file' ? -1 : 1;
}

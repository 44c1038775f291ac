import { dirname } from 'node:path';
import { findUnreadableRoots, findUnusableCertificates } from './certificates.ts';
import { certificateUses, findContradictions, findDoubts } from './consistency.ts';
import { type Environment, readReference, referredFile } from './contents.ts';
import { applyEnvironment } from './environment.ts';
import { byPlace, type KeyPath, type Mistake, type Sources } from './place.ts';
import { type Settings, settingsSchema } from './schema.ts';
import type { Secret } from './secret.ts';
import { formattedTexts, spellOut } from './shape.ts';
import { findUnusableTokens } from './tokens.ts';
import { type Finding, placed, validateSettings } from './validation.ts';
import { readYamlFile } from './yaml-source.ts';

/** The settings, and what their references (`passwordFrom`, `certFile`, …) lead to, by the reference as it stands there. */
export type Config = Settings & { readonly contents: ReadonlyMap<string, Secret> };

export type LoadedConfig = {
  readonly kind: 'loaded';
  readonly config: Config;
  readonly warnings: readonly Mistake[];
  readonly sources: Sources;
  /** The config file, and all that it refers to: whoever changes one of them changes the config. */
  readonly files: readonly string[];
};

export type RefusedConfig = {
  readonly kind: 'refused';
  readonly mistakes: readonly Mistake[];
  /** As far as they could be made out: when one changes, the mistakes may be gone. */
  readonly files: readonly string[];
  /** `data.folder`, if that much could be made out. */
  readonly folder?: string;
};

/**
 * Reads the config file and everything it refers to; the only place where settings come from. All mistakes are found
 * at once; a config with one is refused as a whole. Throws nothing but our own bugs.
 */
export function loadConfig(file: string, env: Environment): LoadedConfig | RefusedConfig {
  const yaml = readYamlFile(file);
  if (yaml.kind === 'broken') return { kind: 'refused', mistakes: yaml.mistakes, files: [file] };
  const { data, sources, mistakes } = applyEnvironment(settingsSchema, yaml.data, yaml.sources, env);
  const { value: settings, findings } = validateSettings(spellOut(settingsSchema, data, dirname(file)));
  const contradictions = settings === undefined ? [] : findContradictions(settings);
  const references = settings === undefined ? nothingRead : readReferences(settings, env);
  const wrong = [...findings, ...[...contradictions, ...references.mistakes].filter(notIn(findings))];
  const all = [...mistakes, ...wrong.map(placed(sources))];
  const files = [file, ...references.files];
  if (all.length > 0 || settings === undefined) {
    const known = settings === undefined ? {} : { folder: settings.data.folder };
    return { kind: 'refused', mistakes: all.toSorted(byPlace), files, ...known };
  }
  const warnings = [...findDoubts(settings), ...references.warnings].map(placed(sources));
  return { kind: 'loaded', config: { ...settings, contents: references.contents }, warnings, sources, files };
}

type References = {
  readonly contents: ReadonlyMap<string, Secret>;
  readonly mistakes: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly files: readonly string[];
};

const nothingRead: References = { contents: new Map(), mistakes: [], warnings: [], files: [] };

function readReferences(settings: Settings, env: Environment): References {
  const contents = new Map<string, Secret>();
  const mistakes: Finding[] = [];
  const warnings: Finding[] = [];
  const files = new Set<string>();
  for (const { path, format, value } of formattedTexts(settingsSchema, settings)) {
    const content = readReference(format, value, env);
    const file = referredFile(format, value);
    if (file !== undefined) files.add(file);
    if (content?.kind === 'missing') mistakes.push({ path, at: 'value', message: content.message });
    if (content?.kind === 'read') contents.set(value, content.secret);
    if (content?.kind === 'read' && content.warning !== undefined) {
      warnings.push({ path, at: 'value', message: content.warning });
    }
  }
  const unusable = [
    ...findUnusableCertificates(certificateUses(settings), contents),
    ...findUnusableTokens(settings.operator, contents),
    ...findUnreadableRoots(['transfers', 'firmwareRootsFile'], settings.transfers.firmwareRootsFile, contents),
  ].filter(notIn(mistakes));
  return { contents, mistakes: [...mistakes, ...unusable], warnings, files: [...files] };
}

/** A value that is wrong in itself is told once; what follows from it is not. */
export function notIn(findings: readonly Finding[]): (finding: Finding) => boolean {
  const told = findings.map(({ path }) => path);
  return ({ path }) => !told.some((other) => begins(other, path) || begins(path, other));
}

const begins = (start: KeyPath, path: KeyPath): boolean => start.every((step, index) => path[index] === step);

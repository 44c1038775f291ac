import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../../src/config/contents.ts';
import { type Config, loadConfig } from '../../../src/config/load.ts';
import { describeMistake } from '../../../src/config/place.ts';

/** A folder for one test, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ocpp-edge-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes `gateway.yaml` into the folder and loads it. */
export function loadYaml(yaml: string, env: Environment = {}, folder: string = temporaryFolder()) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, yaml);
  return loadConfig(file, env);
}

/** The mistakes of a config as the operator reads them, the folder left out. */
export function mistakesIn(yaml: string, env: Environment = {}, folder: string = temporaryFolder()): readonly string[] {
  const result = loadYaml(yaml, env, folder);
  const mistakes = result.kind === 'refused' ? result.mistakes : [];
  return mistakes.map((mistake) => describeMistake(mistake).replaceAll(`${folder}/`, ''));
}

/** The config, which must be sound. */
export function soundConfig(yaml: string, env: Environment = {}, folder: string = temporaryFolder()): Config {
  const result = loadYaml(yaml, env, folder);
  if (result.kind === 'loaded') return result.config;
  throw new Error(result.mistakes.map(describeMistake).join('\n'));
}

/** The shortest sound config. */
export const MINIMAL = 'csms: { url: "wss://csms.test/ocpp" }\n';

import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceModel } from '../../ocpp/schema.ts';
import type { OcppVersion } from '../message.ts';
import { type ServiceKey, serviceOfNamespace } from './namespaces.ts';
import { readWsdl } from './read.ts';
import { ContractError } from './xml.ts';

/** One WSDL as it was found: its model, and its text to be served again. */
export type LoadedService = {
  readonly version: OcppVersion;
  readonly model: ServiceModel;
  /** Path below the folder. */
  readonly file: string;
  readonly text: string;
};

/** Models of texts that were read before, by their hash. */
export type KnownModels = ReadonlyMap<string, ServiceModel>;

/**
 * Reads every `*.wsdl` below a folder and tells them apart by targetNamespace; names and sub-folders mean nothing. Each
 * version that is there must have both services. Throws ContractError, naming the files, for all that is missing, there
 * twice or not understood.
 */
export function loadServices(folder: string, known: KnownModels = new Map()): readonly LoadedService[] {
  const loaded = wsdlFiles(folder).map((file) => loadService(folder, file, known));
  for (const service of loaded) checkAlone(service, loaded);
  for (const version of new Set<OcppVersion>(['1.6', ...loaded.map((service) => service.version)])) {
    findService(loaded, { version, service: 'CentralSystem' }, folder);
    findService(loaded, { version, service: 'ChargePoint' }, folder);
  }
  return loaded;
}

/** Throws ContractError when it is not among the loaded. */
export function findService(loaded: readonly LoadedService[], key: ServiceKey, folder: string): LoadedService {
  const found = loaded.find((service) => isSame(service, key));
  if (found !== undefined) return found;
  throw new ContractError(`${folder}: no WSDL of the ${key.service} service of OCPP ${key.version}`);
}

function wsdlFiles(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.toLowerCase().endsWith('.wsdl')).toSorted();
  } catch (cause) {
    throw new ContractError(`${folder}: the folder cannot be read`, { cause });
  }
}

/** What tells two texts apart. */
export function textHash(text: string): string {
  return hash('sha256', text, 'base64url');
}

function loadService(folder: string, file: string, known: KnownModels): LoadedService {
  const text = readFileSync(join(folder, file), 'utf8').replace(/^\uFEFF/, '');
  const model = known.get(textHash(text)) ?? readWsdl(text, file);
  const key = serviceOfNamespace(model.namespace);
  if (key === undefined) throw new ContractError(`${file}: targetNamespace "${model.namespace}" is not one of OCPP`);
  return { version: key.version, model, file, text };
}

function checkAlone(service: LoadedService, all: readonly LoadedService[]): void {
  const key: ServiceKey = { version: service.version, service: service.model.service };
  const twin = all.find((other) => other !== service && isSame(other, key));
  if (twin === undefined) return;
  throw new ContractError(
    `${service.file} and ${twin.file} both describe the ${key.service} service of OCPP ${key.version}`,
  );
}

function isSame(service: LoadedService, key: ServiceKey): boolean {
  return service.version === key.version && service.model.service === key.service;
}

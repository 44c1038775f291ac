import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OcppVersion } from '../message.ts';
import { findService, loadServices, textHash } from './load.ts';
import { messagesSource, modelSource, olderMessagesSource, type Services } from './sources.ts';

type GeneratedFile = { readonly path: string; readonly source: string; readonly version: OcppVersion };

/**
 * `npm run generate` writes what is derived from wsdl/; with `--check` it writes nothing and fails when a file on disk is
 * not what would be written.
 */
function generate(check: boolean): void {
  const stale = generatedFiles().filter(
    ({ path, source }) => !existsSync(path) || readFileSync(path, 'utf8') !== source,
  );
  if (!check) {
    for (const { path, source } of stale) writeFileSync(path, source);
    return;
  }
  for (const { path, version } of stale) console.error(`${path} is not in step with wsdl/${version}: npm run generate`);
  if (stale.length > 0) process.exitCode = 1;
}

function generatedFiles(): readonly GeneratedFile[] {
  const services = servicesOf('1.6');
  return [
    { version: '1.6', path: pathOf('../../ocpp/model.generated.ts'), source: modelSource(services, './schema.ts') },
    { version: '1.6', path: pathOf('../../ocpp/messages.generated.ts'), source: messagesSource(services) },
    ...(['1.5', '1.2'] as const).flatMap(olderFiles),
  ];
}

function olderFiles(version: OcppVersion): readonly GeneratedFile[] {
  const services = servicesOf(version);
  const path = (name: string) => pathOf(`../dialects/${name}-${version}.generated.ts`);
  return [
    { version, path: path('model'), source: modelSource(services, '../../ocpp/schema.ts') },
    { version, path: path('messages'), source: olderMessagesSource(services) },
  ];
}

function servicesOf(version: OcppVersion): Services {
  const folder = pathOf('../../../wsdl');
  const loaded = loadServices(folder);
  const centralSystem = findService(loaded, { version, service: 'CentralSystem' }, folder);
  const chargePoint = findService(loaded, { version, service: 'ChargePoint' }, folder);
  return {
    version,
    centralSystem: centralSystem.model,
    chargePoint: chargePoint.model,
    hashes: { centralSystem: textHash(centralSystem.text), chargePoint: textHash(chargePoint.text) },
  };
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

generate(process.argv.includes('--check'));

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findService, loadServices } from './load.ts';
import { fingerprintsSource, messagesSource, modelSource } from './sources.ts';

/**
 * `npm run generate` writes what is derived from wsdl/1.6; with `--check` it writes nothing and fails when a file on
 * disk is not what would be written.
 */
function generate(check: boolean): void {
  const stale = generatedFiles().filter(
    ({ path, source }) => !existsSync(path) || readFileSync(path, 'utf8') !== source,
  );
  if (!check) {
    for (const { path, source } of stale) writeFileSync(path, source);
    return;
  }
  for (const { path } of stale) console.error(`${path} is not in step with wsdl/1.6: npm run generate`);
  if (stale.length > 0) process.exitCode = 1;
}

function generatedFiles(): readonly { readonly path: string; readonly source: string }[] {
  const folder = pathOf('../../../wsdl/1.6');
  const services = loadServices(folder);
  const centralSystem = findService(services, { version: '1.6', service: 'CentralSystem' }, folder);
  const chargePoint = findService(services, { version: '1.6', service: 'ChargePoint' }, folder);
  const models = [centralSystem.model, chargePoint.model] as const;
  return [
    { path: pathOf('../../ocpp/model.generated.ts'), source: modelSource(...models) },
    { path: pathOf('../../ocpp/messages.generated.ts'), source: messagesSource(...models) },
    { path: pathOf('fingerprints.generated.ts'), source: fingerprintsSource([centralSystem, chargePoint]) },
  ];
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

generate(process.argv.includes('--check'));

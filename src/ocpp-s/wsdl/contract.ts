import { compareModels, type Difference } from '../../ocpp/compare-models.ts';
import { centralSystem, chargePoint } from '../../ocpp/model.generated.ts';
import type { ServiceModel } from '../../ocpp/schema.ts';
import { fingerprint } from './fingerprint.ts';
import { fingerprints } from './fingerprints.generated.ts';
import { findService, type LoadedService, loadServices } from './load.ts';
import { ContractError } from './xml.ts';

/**
 * Reads the WSDLs below a folder and makes sure that OCPP 1.6 is the one that the types and the JSON validators were
 * generated from. Throws ContractError that names each differing field. The very texts that these were generated from
 * need no reading: their model is there.
 */
export function loadContract(folder: string): readonly LoadedService[] {
  const services = loadServices(folder, generatedModel);
  for (const expected of [centralSystem, chargePoint]) {
    checkAgainst(expected, findService(services, { version: '1.6', service: expected.service }, folder));
  }
  return services;
}

function generatedModel(text: string): ServiceModel | undefined {
  switch (fingerprint(text)) {
    case fingerprints.CentralSystem:
      return centralSystem;
    case fingerprints.ChargePoint:
      return chargePoint;
    default:
      return undefined;
  }
}

function checkAgainst(expected: ServiceModel, loaded: LoadedService): void {
  const differences = compareModels(expected, loaded.model);
  if (differences.length === 0) return;
  const lines = differences.map(describe).join('\n  ');
  throw new ContractError(`${loaded.file} is not the generated model of OCPP 1.6:\n  ${lines}`);
}

function describe({ path, expected, found }: Difference): string {
  return `${path}: expected ${expected}, found ${found}`;
}

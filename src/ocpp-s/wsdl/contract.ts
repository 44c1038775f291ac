import { isDeepStrictEqual } from 'node:util';
import { compareModels, type Difference } from '../../ocpp/compare-models.ts';
import { centralSystem, chargePoint } from '../../ocpp/model.generated.ts';
import type { ServiceModel } from '../../ocpp/schema.ts';
import { olderModels } from '../dialects/dialects.ts';
import { findService, type LoadedService, loadServices } from './load.ts';
import { serviceOfNamespace } from './namespaces.ts';
import { ContractError } from './xml.ts';

/**
 * Reads the WSDLs below a folder and makes sure that each is the one that the types, the JSON validators and the dialects
 * were made for. OCPP 1.6 must be there; an older version that is not is not served. Throws ContractError that names each
 * differing field.
 */
export function loadContract(folder: string): readonly LoadedService[] {
  const services = loadServices(folder);
  for (const expected of [centralSystem, chargePoint]) {
    checkAgainst(expected, findService(services, { version: '1.6', service: expected.service }, folder));
  }
  for (const expected of olderModels) {
    const found = services.find(({ model }) => isSameService(model, expected));
    if (found !== undefined) checkAgainst(expected, found);
  }
  return services;
}

/** Namespaces are spelled in several ways. */
function isSameService(one: ServiceModel, other: ServiceModel): boolean {
  return isDeepStrictEqual(serviceOfNamespace(one.namespace), serviceOfNamespace(other.namespace));
}

function checkAgainst(expected: ServiceModel, loaded: LoadedService): void {
  const differences = compareModels(expected, loaded.model);
  if (differences.length === 0) return;
  const lines = differences.map(describe).join('\n  ');
  throw new ContractError(`${loaded.file} is not the generated model of OCPP ${loaded.version}:\n  ${lines}`);
}

function describe({ path, expected, found }: Difference): string {
  return `${path}: expected ${expected}, found ${found}`;
}

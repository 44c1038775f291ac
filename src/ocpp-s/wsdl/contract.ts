import { isDeepStrictEqual } from 'node:util';
import { compareModels, type Difference } from '../../ocpp/compare-models.ts';
import * as model16 from '../../ocpp/model.generated.ts';
import type { ServiceModel } from '../../ocpp/schema.ts';
import * as model12 from '../dialects/model-1.2.generated.ts';
import * as model15 from '../dialects/model-1.5.generated.ts';
import { type LoadedService, loadServices } from './load.ts';
import { serviceOfNamespace } from './namespaces.ts';
import { ContractError } from './xml.ts';

const generated = [model16, model15, model12];

/** Reading a WSDL costs some 15 ms, and the start of the gateway waits for it: our own were read when they were generated from. */
const readBefore = new Map(
  generated.flatMap(({ wsdlHashes, centralSystem, chargePoint }) => [
    [wsdlHashes.centralSystem, centralSystem],
    [wsdlHashes.chargePoint, chargePoint],
  ]),
);

/**
 * Reads the WSDLs below a folder and makes sure that each is the one that the types, the JSON validators and the dialects
 * were made for. OCPP 1.6 must be there; an older version that is not is not served. Throws ContractError that names each
 * differing field.
 */
export function loadContract(folder: string): readonly LoadedService[] {
  const services = loadServices(folder, readBefore);
  for (const { centralSystem, chargePoint } of generated) {
    checkAgainst(centralSystem, services);
    checkAgainst(chargePoint, services);
  }
  return services;
}

/** Namespaces are spelled in several ways. */
function isSameService(one: ServiceModel, other: ServiceModel): boolean {
  return isDeepStrictEqual(serviceOfNamespace(one.namespace), serviceOfNamespace(other.namespace));
}

function checkAgainst(expected: ServiceModel, services: readonly LoadedService[]): void {
  const loaded = services.find(({ model }) => isSameService(model, expected));
  if (loaded === undefined || loaded.model === expected) return;
  const differences = compareModels(expected, loaded.model);
  if (differences.length === 0) return;
  const lines = differences.map(describe).join('\n  ');
  throw new ContractError(`${loaded.file} is not the generated model of OCPP ${loaded.version}:\n  ${lines}`);
}

function describe({ path, expected, found }: Difference): string {
  return `${path}: expected ${expected}, found ${found}`;
}

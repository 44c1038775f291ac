import { isDeepStrictEqual } from 'node:util';
import type { RecordType, ServiceModel, TextType, ValueType } from '../../ocpp/schema.ts';
import { ContractError } from './xml.ts';

export type NamedType = RecordType | (TextType & { readonly name: string });

/** Every named type of the services once, each before those that use it. Throws ContractError when two differ under one name. */
export function namedTypes(services: readonly ServiceModel[]): ReadonlyMap<string, NamedType> {
  const found = new Map<string, NamedType>();
  for (const operation of services.flatMap((service) => service.operations)) {
    collect(operation.request, found);
    collect(operation.response, found);
  }
  return found;
}

/** The type's own name, when it is not one of the plain types. */
export function isNamed(type: ValueType): type is NamedType {
  return type.kind === 'record' || (type.kind === 'string' && type.name !== undefined);
}

function collect(type: ValueType, found: Map<string, NamedType>): void {
  if (!isNamed(type)) return;
  const known = found.get(type.name);
  if (known !== undefined) {
    if (!isDeepStrictEqual(known, type)) throw new ContractError(`type ${type.name} is described in two ways`);
    return;
  }
  if (type.kind === 'record') for (const field of type.fields) collect(field.type, found);
  found.set(type.name, type);
}

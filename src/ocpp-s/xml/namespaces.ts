import { OcppError } from '../../ocpp/errors.ts';

/** The prefixes bound at one element; the empty prefix is the default namespace. */
export type NamespaceScope = {
  readonly outer: NamespaceScope | undefined;
  readonly bound: ReadonlyMap<string, string>;
};

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

export const outermostScope: NamespaceScope = {
  outer: undefined,
  bound: new Map([
    ['', ''],
    ['xml', xmlNamespace],
  ]),
};

export type PrefixedName = { readonly prefix: string; readonly local: string };

/** Splits a qualified name (Namespaces in XML 1.0 §4). */
export function splitName(name: string): PrefixedName {
  const colon = name.indexOf(':');
  if (colon === -1) return { prefix: '', local: name };
  if (colon === 0 || colon === name.length - 1 || name.includes(':', colon + 1)) refuseName(name);
  return { prefix: name.slice(0, colon), local: name.slice(colon + 1) };
}

export function refuseName(name: string): never {
  throw new OcppError('ProtocolError', `refused XML: the name ${name}`);
}

/** The prefix that an attribute of this name declares, or undefined. */
export function declaredPrefix(attribute: string): string | undefined {
  if (attribute === 'xmlns') return '';
  return attribute.startsWith('xmlns:') ? splitName(attribute).local : undefined;
}

/** Checks one declaration against Namespaces in XML 1.0 §3 and §5. */
export function checkDeclaration(prefix: string, namespace: string): void {
  const legal =
    prefix === '' || (namespace !== '' && prefix !== 'xmlns' && (prefix === 'xml') === (namespace === xmlNamespace));
  if (!legal) throw new OcppError('ProtocolError', `refused XML: the namespace prefix ${prefix}`);
}

/** The namespace bound to a prefix; an unbound prefix is a ProtocolError. */
export function resolvePrefix(scope: NamespaceScope, prefix: string): string {
  for (let at: NamespaceScope | undefined = scope; at !== undefined; at = at.outer) {
    const namespace = at.bound.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  throw new OcppError('ProtocolError', `refused XML: the prefix ${prefix} is not bound to a namespace`);
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WSDL } from 'soap';

/** A service of one version of OCPP-S as the `soap` package reads it. */
export type Service = { readonly wsdl: WSDL; readonly namespace: string };

type ServicePair = {
  /** The charger is its client. */
  readonly centralSystem: Service;
  /** The charger is its server. */
  readonly chargePoint: Service;
};

/** Prefix of the envelope's elements: gSOAP stacks write `SOAP-ENV`. */
export type EnvelopePrefix = 'soap' | 'SOAP-ENV' | 's';

/**
 * The services for each envelope prefix, since the package keeps the prefix in the loaded WSDL. Loading costs some
 * 400 KB a pair: load once, share among chargers.
 */
export type OcppServices = Readonly<Record<EnvelopePrefix, ServicePair>>;

/** Reads the WSDL files of one version of OCPP in `folder`, whatever their names; rejects when one of the two is missing. */
export async function loadOcppServices(folder: string): Promise<OcppServices> {
  const [soap, gsoap, short] = await Promise.all([loadPair(folder), loadPair(folder), loadPair(folder)]);
  return { soap, 'SOAP-ENV': gsoap, s: short };
}

async function loadPair(folder: string): Promise<ServicePair> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.wsdl'));
  const files = await Promise.all(names.map((name) => loadWsdl(join(folder, name))));
  return {
    centralSystem: serviceIn(files, 'urn://Ocpp/Cs/', folder),
    chargePoint: serviceIn(files, 'urn://Ocpp/Cp/', folder),
  };
}

async function loadWsdl(path: string): Promise<WSDL> {
  const text = await readFile(path, 'utf8');
  return new Promise((resolve, reject) => {
    const wsdl = new WSDL(text, path, { forceSoap12Headers: true });
    wsdl.onReady((error) => (error instanceof Error ? reject(error) : resolve(wsdl)));
  });
}

/** Namespaces of all versions begin alike, and end with the month of the version. */
function serviceIn(files: readonly WSDL[], beginning: string, folder: string): Service {
  for (const wsdl of files) {
    const namespace = wsdl.definitions.$targetNamespace;
    if (typeof namespace === 'string' && namespace.startsWith(beginning)) return { wsdl, namespace };
  }
  throw new Error(`no WSDL with a targetNamespace ${beginning}… in ${folder}`);
}

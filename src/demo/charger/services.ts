import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WSDL } from 'soap';

/** The two OCPP 1.6-S services as the `soap` package reads them. */
export type ServicePair = {
  /** The charger is its client. */
  readonly centralSystem: WSDL;
  /** The charger is its server. */
  readonly chargePoint: WSDL;
};

/** Prefix of the envelope's elements: gSOAP stacks write `SOAP-ENV`. */
export type EnvelopePrefix = 'soap' | 'SOAP-ENV' | 's';

/**
 * The services for each envelope prefix, since the package keeps the prefix in the loaded WSDL. Loading costs some
 * 400 KB a pair: load once, share among chargers.
 */
export type OcppServices = Readonly<Record<EnvelopePrefix, ServicePair>>;

export const centralSystemNamespace = 'urn://Ocpp/Cs/2015/10/';
export const chargePointNamespace = 'urn://Ocpp/Cp/2015/10/';

/** Reads the WSDL files of OCPP 1.6 in `folder`, whatever their names; rejects when one of the two is missing. */
export async function loadOcppServices(folder: string): Promise<OcppServices> {
  const [soap, gsoap, short] = await Promise.all([loadPair(folder), loadPair(folder), loadPair(folder)]);
  return { soap, 'SOAP-ENV': gsoap, s: short };
}

async function loadPair(folder: string): Promise<ServicePair> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.wsdl'));
  const files = await Promise.all(names.map((name) => loadWsdl(join(folder, name))));
  return {
    centralSystem: ofNamespace(files, centralSystemNamespace, folder),
    chargePoint: ofNamespace(files, chargePointNamespace, folder),
  };
}

async function loadWsdl(path: string): Promise<WSDL> {
  const text = await readFile(path, 'utf8');
  return new Promise((resolve, reject) => {
    const wsdl = new WSDL(text, path, { forceSoap12Headers: true });
    wsdl.onReady((error) => (error instanceof Error ? reject(error) : resolve(wsdl)));
  });
}

function ofNamespace(files: readonly WSDL[], namespace: string, folder: string): WSDL {
  const found = files.find((file) => file.definitions.$targetNamespace === namespace);
  if (found === undefined) throw new Error(`no WSDL with targetNamespace ${namespace} in ${folder}`);
  return found;
}

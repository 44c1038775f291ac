import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import type { ServiceName } from '../../../src/ocpp/schema.ts';
import type { OcppVersion } from '../../../src/ocpp-s/message.ts';
import { embeddedSchema, ownFilesOf } from '../../support/wsdl-files.ts';

/** libxml2 with the XML Schema of our WSDLs: an independent opinion on what we write. */
const oracles = {
  '1.2': oraclesOf('1.2', '2010/08'),
  '1.5': oraclesOf('1.5', '2012/06'),
  '1.6': oraclesOf('1.6', '2015/10'),
};

function oraclesOf(version: OcppVersion, namespace: string) {
  const { centralSystem, chargePoint } = ownFilesOf[version];
  return {
    CentralSystem: { ...compile(centralSystem), prefix: 'cs', namespace: `urn://Ocpp/Cs/${namespace}/` },
    ChargePoint: { ...compile(chargePoint), prefix: 'cp', namespace: `urn://Ocpp/Cp/${namespace}/` },
  };
}

function compile(file: string) {
  // Kept for as long as the process lives: the validator reads it.
  const schema = XmlDocument.fromString(embeddedSchema(file));
  return { schema, validator: XsdValidator.fromDoc(schema) };
}

/** Throws what libxml2 has to say about the body's element of an envelope of ours. */
export function validateBody(service: ServiceName, xml: string, version: OcppVersion = '1.6'): void {
  const { validator, prefix, namespace } = oracles[version][service];
  const body = /<env:Body>([\s\S]*)<\/env:Body>/.exec(xml)?.[1]?.trim() ?? '';
  const document = XmlDocument.fromString(body.replace(/^<([\w:]+)/, `<$1 xmlns:${prefix}="${namespace}"`));
  try {
    validator.validate(document);
  } finally {
    document.dispose();
  }
}

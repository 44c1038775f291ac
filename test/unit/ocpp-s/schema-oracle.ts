import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import type { ServiceName } from '../../../src/ocpp/schema.ts';
import { embeddedSchema, ownFiles } from '../../support/wsdl-files.ts';

/** libxml2 with the XML Schema of our WSDLs: an independent opinion on what we write. */
const oracles = {
  CentralSystem: { ...compile(ownFiles.centralSystem), prefix: 'cs', namespace: centralSystem.namespace },
  ChargePoint: { ...compile(ownFiles.chargePoint), prefix: 'cp', namespace: chargePoint.namespace },
};

function compile(file: string) {
  // Kept for as long as the process lives: the validator reads it.
  const schema = XmlDocument.fromString(embeddedSchema(file));
  return { schema, validator: XsdValidator.fromDoc(schema) };
}

/** Throws what libxml2 has to say about the body's element of an envelope of ours. */
export function validateBody(service: ServiceName, xml: string): void {
  const { validator, prefix, namespace } = oracles[service];
  const body = /<env:Body>([\s\S]*)<\/env:Body>/.exec(xml)?.[1]?.trim() ?? '';
  const document = XmlDocument.fromString(body.replace(/^<([\w:]+)/, `<$1 xmlns:${prefix}="${namespace}"`));
  try {
    validator.validate(document);
  } finally {
    document.dispose();
  }
}

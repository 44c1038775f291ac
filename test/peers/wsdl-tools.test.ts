import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { createClientAsync } from 'soap';
import { expect, test } from 'vitest';
import { centralSystem, chargePoint } from '../../src/ocpp/model.generated.ts';
import { embeddedSchema, ownFiles } from '../support/wsdl-files.ts';

const services = [
  { model: centralSystem, name: 'CentralSystemService', file: ownFiles.centralSystem },
  { model: chargePoint, name: 'ChargePointService', file: ownFiles.chargePoint },
] as const;

test.each(services)(
  'the soap package finds every operation of $name at its SOAP 1.2 port',
  async ({ model, name, file }) => {
    const client = await createClientAsync(file, { forceSoap12Headers: true });
    const actions = model.operations.map(({ action }) => action);
    const description: unknown = client.describe();
    expect(description).toHaveProperty(`${name}.${name}Soap12`);
    const port = (description as Record<string, Record<string, object>>)[name]?.[`${name}Soap12`] ?? {};
    expect(Object.keys(port).toSorted()).toEqual(actions);
  },
);

test.each(services)('libxml2 compiles the XML Schema in $name', ({ model, file }) => {
  const schema = XmlDocument.fromString(embeddedSchema(file));
  const validator = XsdValidator.fromDoc(schema);
  const wrong = XmlDocument.fromString(`<unknown xmlns="${model.namespace}"/>`);
  expect(() => validator.validate(wrong)).toThrow(/No matching global declaration/);
  for (const disposable of [wrong, validator, schema]) disposable.dispose();
});

test('libxml2 holds messages to the order and the types of the schema', () => {
  const schema = XmlDocument.fromString(embeddedSchema(ownFiles.centralSystem));
  const validator = XsdValidator.fromDoc(schema);
  const validate = (body: string) => {
    const document = XmlDocument.fromString(body);
    try {
      validator.validate(document);
    } finally {
      document.dispose();
    }
  };
  const message = (children: string) =>
    `<startTransactionResponse xmlns="${centralSystem.namespace}">${children}</startTransactionResponse>`;
  const idTagInfo = '<idTagInfo><status>Accepted</status></idTagInfo>';
  validate(message(`<transactionId>7</transactionId>${idTagInfo}`));
  expect(() => validate(message(`${idTagInfo}<transactionId>7</transactionId>`))).toThrow(/not expected/);
  expect(() => validate(message(`<transactionId>9999999999</transactionId>${idTagInfo}`))).toThrow(/xs:int/);
  for (const disposable of [validator, schema]) disposable.dispose();
});

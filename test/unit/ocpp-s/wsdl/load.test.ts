import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { centralSystem, chargePoint } from '../../../../src/ocpp/model.generated.ts';
import { olderModels } from '../../../../src/ocpp-s/dialects/dialects.ts';
import { loadContract } from '../../../../src/ocpp-s/wsdl/contract.ts';
import { loadServices } from '../../../../src/ocpp-s/wsdl/load.ts';
import { hasPublished, ownFiles, publishedFolder, wsdlFolder } from '../../../support/wsdl-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdl-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const modelsOf = (path: string) => Object.fromEntries(loadServices(path).map(({ model }) => [model.service, model]));

/** Writes the central system's WSDL with some text replaced, beside an untouched charge-point.wsdl. */
function tamper(from: string | RegExp, to: string): void {
  const text = readFileSync(ownFiles.centralSystem, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(join(folder, 'central-system.wsdl'), text.replace(from, to));
  copyFileSync(ownFiles.chargePoint, join(folder, 'charge-point.wsdl'));
}

test('wsdl/1.6 describes the generated model: 10 and 19 operations', () => {
  const services = loadServices(wsdlFolder).filter(({ version }) => version === '1.6');
  expect(services.map(({ model }) => model)).toEqual([centralSystem, chargePoint]);
  expect(services.map(({ model }) => model.operations.length)).toEqual([10, 19]);
});

test('wsdl/1.5 and wsdl/1.2 describe the models that the dialects were made for: 10 and 15, 9 and 9 operations', () => {
  const services = loadServices(wsdlFolder).filter(({ version }) => version !== '1.6');
  const inOrder = services.toSorted((one, other) => other.version.localeCompare(one.version));
  expect(inOrder.map(({ model }) => model)).toEqual(olderModels);
  expect(inOrder.map(({ model }) => model.operations.length)).toEqual([10, 15, 9, 9]);
});

test('a text that the models were generated from is not read again; any other is', () => {
  const models = () => loadContract(folder).map(({ model }) => model);
  cpSync(join(wsdlFolder, '1.6'), folder, { recursive: true });
  expect(models()[0]).toBe(centralSystem);
  tamper('independent description', 'description');
  expect(models()[0]).not.toBe(centralSystem);
  expect(models()).toEqual([centralSystem, chargePoint]);
});

test('services are found by targetNamespace, whatever their files are called and however deep they lie', () => {
  mkdirSync(join(folder, 'some/where'), { recursive: true });
  copyFileSync(ownFiles.centralSystem, join(folder, 'some/where/charge-point.wsdl'));
  copyFileSync(ownFiles.chargePoint, join(folder, 'old (copy) é.WSDL'));
  writeFileSync(join(folder, 'readme.txt'), 'not a WSDL');
  expect(modelsOf(folder)).toEqual({ CentralSystem: centralSystem, ChargePoint: chargePoint });
});

test('a byte order mark before the declaration is no obstacle', () => {
  tamper(/^/, '\uFEFF');
  expect(modelsOf(folder)['CentralSystem']).toEqual(centralSystem);
});

test('a service that is described twice is refused with the names of both files', () => {
  cpSync(wsdlFolder, folder, { recursive: true });
  copyFileSync(ownFiles.chargePoint, join(folder, 'again.wsdl'));
  expect(() => loadServices(folder)).toThrow(
    /^1\.6\/charge-point\.wsdl and again\.wsdl both describe the ChargePoint service of OCPP 1\.6$/,
  );
});

test('a service that is missing is named', () => {
  copyFileSync(ownFiles.chargePoint, join(folder, 'charge-point.wsdl'));
  expect(() => loadServices(folder)).toThrow(/no WSDL of the CentralSystem service of OCPP 1\.6/);
});

test('a folder that is not there is named', () => {
  expect(() => loadServices(join(folder, 'nowhere'))).toThrow(/nowhere: the folder cannot be read/);
});

test.each([
  [
    'a type that is not declared',
    'type="tns:IdTagInfo"',
    'type="tns:Nothing"',
    /complexType AuthorizeResponse, element idTagInfo: type "tns:Nothing" is not declared/,
  ],
  [
    'a type of XML Schema that OCPP does not use',
    'type="s:int"',
    'type="s:duration"',
    /the XML Schema type "duration" is not understood/,
  ],
  ['a choice', /<s:sequence>/, '<s:choice/><s:sequence>', /complexType IdTagInfo: <choice> is not understood here/],
  [
    'a facet that OCPP does not use',
    '<s:maxLength value="20"/>',
    '<s:pattern value="x"/>',
    /simpleType IdToken: <pattern> is not understood/,
  ],
  ['a bounded list', 'maxOccurs="unbounded"', 'maxOccurs="7"', /maxOccurs="7" is not understood, only 1 or unbounded/],
  [
    'a nillable element',
    'name="status" type="tns:Auth',
    'name="status" nillable="true" type="tns:Auth',
    /element status: nillable="true"/,
  ],
  ['unqualified children', 'elementFormDefault="qualified"', '', /expected elementFormDefault="qualified"/],
  [
    'an encoded body',
    '<soap12:body use="literal"/>',
    '<soap12:body use="encoded"/>',
    /use="encoded" is not understood/,
  ],
  ['rpc style', 'style="document"', 'style="rpc"', /style="rpc" is not understood/],
  [
    'SOAP 1.1',
    'wsdl/soap12/',
    'wsdl/soap/',
    /expected exactly one <binding> of http:\/\/schemas\.xmlsoap\.org\/wsdl\/soap12\//,
  ],
  [
    'another action',
    'wsaw:Action="/Authorize"',
    'wsaw:Action="/Authorise"',
    /expected wsaw:Action "\/Authorize", found "\/Authorise"/,
  ],
  [
    'a message that is not declared',
    'message="tns:AuthorizeInput"',
    'message="tns:Other"',
    /operation Authorize: message "Other" is not declared/,
  ],
  [
    'another wrapper element',
    'element="tns:authorizeRequest"',
    'element="tns:heartbeatRequest"',
    /expected element "authorizeRequest" as message/,
  ],
  [
    'another namespace',
    'targetNamespace="urn://Ocpp/Cs/2015/10/"',
    'targetNamespace="urn://Ocpp/Cs/2031/10/"',
    /targetNamespace "urn:\/\/Ocpp\/Cs\/2031\/10\/" is not one of OCPP/,
  ],
  [
    'a prefix that is not declared',
    'type="tns:IdTagInfo"',
    'type="oops:IdTagInfo"',
    /"oops:IdTagInfo": the prefix is not declared/,
  ],
  [
    'a type that contains itself',
    'name="parentIdTag" type="tns:IdToken"',
    'name="parentIdTag" type="tns:IdTagInfo"',
    /type IdTagInfo contains itself/,
  ],
  [
    'a document type',
    '<wsdl:definitions',
    '<!DOCTYPE x><wsdl:definitions',
    /document type declaration is not accepted/,
  ],
  ['text that is no XML', '</wsdl:definitions>', '', /line \d+: /],
])('%s is refused with the name of the file and the place', (_, from, to, message) => {
  tamper(from, to);
  expect(() => loadServices(folder)).toThrow(/^central-system\.wsdl: /);
  expect(() => loadServices(folder)).toThrow(message);
});

test.each([
  [
    'a longer text',
    '<s:maxLength value="20"/>',
    '<s:maxLength value="36"/>',
    'Authorize.request.idTag: expected string of at most 20, found string of at most 36',
  ],
  [
    'another value',
    'value="ConcurrentTx"',
    'value="Concurrent"',
    'Authorize.response.idTagInfo.status: expected AuthorizationStatus: one of Accepted, Blocked, ConcurrentTx',
  ],
  [
    'an optional field',
    'name="idTag" type',
    'name="idTag" minOccurs="0" type',
    'Authorize.request.idTag: expected 1..1, found 0..1',
  ],
  [
    'a renamed field',
    'name="meterStart"',
    'name="startMeter"',
    'StartTransaction.request.startMeter: expected no field, found 1..1 int',
  ],
  [
    'another type',
    'name="meterStart" type="s:int"',
    'name="meterStart" type="s:decimal"',
    'StartTransaction.request.meterStart: expected int, found decimal',
  ],
])('a WSDL with %s is not OCPP 1.6, and the field is named', (_, from, to, message) => {
  tamper(from, to);
  expect(() => loadContract(folder)).toThrow(`central-system.wsdl is not the generated model of OCPP 1.6:\n  `);
  expect(() => loadContract(folder)).toThrow(message);
});

const published = 'the published WSDLs of OCPP 1.6 (only beside ../shared/reference/wsdl)';

test.skipIf(!hasPublished)(`${published} describe the very same model, down to the names of types`, () => {
  expect(modelsOf(join(publishedFolder, '1.6'))).toEqual({ CentralSystem: centralSystem, ChargePoint: chargePoint });
});

test.skipIf(!hasPublished).each(['1.5', '1.2'] as const)(
  'the published WSDLs of OCPP %s (only beside ../shared/reference/wsdl) describe the very same model as ours',
  (version) => {
    const modelsOfVersion = (path: string) =>
      loadServices(path)
        .filter((service) => service.version === version)
        .map(({ model }) => model)
        .toSorted((one, other) => one.service.localeCompare(other.service));
    expect(modelsOfVersion(publishedFolder)).toEqual(modelsOfVersion(wsdlFolder));
    expect(modelsOfVersion(wsdlFolder)).toHaveLength(2);
  },
);

test.skipIf(!hasPublished)('the published WSDLs of all versions may take the place of ours', () => {
  expect(loadContract(publishedFolder)).toHaveLength(6);
});

test('a WSDL of an older version that is not the one of the dialects is refused, and the field is named', () => {
  cpSync(wsdlFolder, folder, { recursive: true });
  const file = join(folder, '1.5/central-system.wsdl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('value="Volt"', 'value="V"'));
  expect(() => loadContract(folder)).toThrow('1.5/central-system.wsdl is not the generated model of OCPP 1.5:\n  ');
  expect(() => loadContract(folder)).toThrow('MeterValues.request.values.value.unit: expected UnitOfMeasure: one of');
});

test.skipIf(!hasPublished)(`${published} may take the place of ours`, () => {
  cpSync(join(publishedFolder, '1.6'), folder, { recursive: true });
  expect(loadContract(folder)).toHaveLength(2);
});

test.skipIf(!hasPublished)(
  'the published WSDLs of 1.5 and 1.2 are read as well, attributes of 1.5 meter values included',
  () => {
    const services = loadServices(publishedFolder);
    const counts = services.map(({ version, model }) => `${version} ${model.service} ${model.operations.length}`);
    expect(counts).toEqual([
      '1.2 CentralSystem 9',
      '1.2 ChargePoint 9',
      '1.5 CentralSystem 10',
      '1.5 ChargePoint 15',
      '1.6 CentralSystem 10',
      '1.6 ChargePoint 19',
    ]);
    const older = services.find(({ version, model }) => version === '1.5' && model.service === 'CentralSystem');
    const request = older?.model.operations.find(({ action }) => action === 'MeterValues')?.request;
    const values = request?.fields.find(({ name }) => name === 'values')?.type;
    const value = values?.kind === 'record' ? values.fields.find(({ name }) => name === 'value')?.type : undefined;
    expect(value).toMatchObject({ kind: 'record', name: 'MeterValue.value', text: { kind: 'string' } });
    const attributes =
      value?.kind === 'record' ? value.fields.filter((field) => field.attribute === true && !field.required) : [];
    expect(attributes.map(({ name }) => name)).toEqual(['context', 'format', 'measurand', 'location', 'unit']);
  },
);

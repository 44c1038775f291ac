/** Messages of a charger that the bench sends; those of OCPP 1.6 unless the name says otherwise. */
export type ChargerAction =
  | 'BootNotification'
  | 'StartTransaction'
  | 'MeterValues'
  | 'MeterValues of OCPP 1.5'
  | 'Authorize'
  | 'Heartbeat';

/** Nine digits that are another number in each message, so that none is a repetition of an earlier one. */
export const counterMark = '#########';

/** Seven digits: the transaction id that the charger was given. */
export const transactionMark = '@@@@@@@';

const centralSystem = 'urn://Ocpp/Cs/2015/10/';
const centralSystem15 = 'urn://Ocpp/Cs/2012/06/';
const chargePoint = 'urn://Ocpp/Cp/2015/10/';

type Speaker = { readonly identity: string; readonly callbackUrl: string };

/** The envelope of one message, headers as OCPP-S 1.6 §3 has them, with marks where numbers go. */
export function requestEnvelope(message: ChargerAction, { identity, callbackUrl }: Speaker): string {
  const action = actionOf(message);
  const element = `${elementOf(action)}Request`;
  return (
    `${opening('cs', action === message ? centralSystem : centralSystem15)}<env:Header><cs:chargeBoxIdentity env:mustUnderstand="true">${identity}` +
    `</cs:chargeBoxIdentity><wsa:Action env:mustUnderstand="true">/${action}</wsa:Action>` +
    `<wsa:MessageID>urn:uuid:6ba7b810-9dad-11d1-80b4-0${counterMark}aa</wsa:MessageID>` +
    `<wsa:From><wsa:Address>${callbackUrl}</wsa:Address></wsa:From>` +
    '<wsa:ReplyTo><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>' +
    '<wsa:To>http://127.0.0.1/ocpp</wsa:To></env:Header>' +
    `<env:Body><cs:${element}>${bodies[message]}</cs:${element}></env:Body></env:Envelope>`
  );
}

/** The operation that a message calls. */
export function actionOf(message: ChargerAction): string {
  return message === 'MeterValues of OCPP 1.5' ? 'MeterValues' : message;
}

/** What a relay answers that reads nothing. */
export const constantAnswer = answerEnvelope('cs', centralSystem, 'MeterValues', '<cs:meterValuesResponse/>');

/** Commands of the CSMS that the bench sends: one that passes smart charging, and one that is only passed on. */
export type CommandAction = 'SetChargingProfile' | 'ChangeAvailability';

/** Those, and what a site takes back of its own plans. */
export type AnsweredAction = CommandAction | 'ClearChargingProfile';

/** What the chargers answer to a command. */
export function commandAnswer(action: AnsweredAction): string {
  const element = `${elementOf(action)}Response`;
  return answerEnvelope('cp', chargePoint, action, `<cp:${element}><cp:status>Accepted</cp:status></cp:${element}>`);
}

const elementOf = (action: string) => `${action.slice(0, 1).toLowerCase()}${action.slice(1)}`;

const meterReadings = [
  ['Energy.Active.Import.Register', 'Outlet', 'Wh', counterMark],
  ['Power.Active.Import', 'Outlet', 'W', '10987.4'],
  ['Current.Import', 'Outlet', 'A', '15.9'],
  ['Voltage', 'Outlet', 'V', '230.4'],
] as const;

const units15: Readonly<Record<string, string>> = { A: 'Amp', V: 'Volt' };

const bodies: Readonly<Record<ChargerAction, string>> = {
  BootNotification:
    '<cs:chargePointVendor>Voltwerk</cs:chargePointVendor><cs:chargePointModel>VW-22</cs:chargePointModel>' +
    '<cs:firmwareVersion>4.1.7</cs:firmwareVersion>',
  StartTransaction:
    '<cs:connectorId>1</cs:connectorId><cs:idTag>04E2A1B2C3</cs:idTag>' +
    `<cs:timestamp>2026-03-01T09:10:00Z</cs:timestamp><cs:meterStart>${counterMark}</cs:meterStart>`,
  MeterValues:
    `<cs:connectorId>1</cs:connectorId><cs:transactionId>${transactionMark}</cs:transactionId>` +
    `<cs:meterValue><cs:timestamp>2026-03-01T09:15:00Z</cs:timestamp>${meterReadings.map(sampledValue).join('')}` +
    '</cs:meterValue>',
  'MeterValues of OCPP 1.5':
    `<cs:connectorId>1</cs:connectorId><cs:transactionId>${transactionMark}</cs:transactionId>` +
    `<cs:values><cs:timestamp>2026-03-01T09:15:00Z</cs:timestamp>${meterReadings.map(value15).join('')}</cs:values>`,
  Authorize: '<cs:idTag>04E2A1B2C3</cs:idTag>',
  Heartbeat: '',
};

function sampledValue([measurand, location, unit, value]: (typeof meterReadings)[number]): string {
  return (
    `<cs:sampledValue><cs:value>${value}</cs:value><cs:context>Sample.Periodic</cs:context><cs:format>Raw</cs:format>` +
    `<cs:measurand>${measurand}</cs:measurand><cs:phase>L1</cs:phase><cs:location>${location}</cs:location>` +
    `<cs:unit>${unit}</cs:unit></cs:sampledValue>`
  );
}

/** The same reading as an element with attributes. */
function value15([measurand, location, unit, value]: (typeof meterReadings)[number]): string {
  return (
    `<cs:value context="Sample.Periodic" format="Raw" measurand="${measurand}" location="${location}" ` +
    `unit="${units15[unit] ?? unit}">${value}</cs:value>`
  );
}

function opening(prefix: string, namespace: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" ' +
    `xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:${prefix}="${namespace}">`
  );
}

function answerEnvelope(prefix: string, namespace: string, action: string, body: string): string {
  return (
    `${opening(prefix, namespace)}<env:Header><${prefix}:chargeBoxIdentity>CP-00001</${prefix}:chargeBoxIdentity>` +
    `<wsa:Action>/${action}Response</wsa:Action><wsa:MessageID>urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8</wsa:MessageID>` +
    '<wsa:To>http://www.w3.org/2005/08/addressing/anonymous</wsa:To></env:Header>' +
    `<env:Body>${body}</env:Body></env:Envelope>`
  );
}

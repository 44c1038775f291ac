import { Temporal } from 'temporal-polyfill';
import type { Anomaly } from '../ocpp/anomalies.ts';
import { OcppError } from '../ocpp/errors.ts';
import { withPhases } from './phases.ts';
import type { ChargerCall, Payload } from './ports.ts';
import type { RepairSettings } from './settings.ts';

/** What the repair may look at beside the message itself. */
export type RepairContext = {
  readonly nowMs: number;
  /** The last legal status of a connector, if there was one. */
  lastStatus(connector: number): string | undefined;
};

export type Repaired = {
  readonly payload: Payload;
  /** The message named a transaction that cannot be: look for the connector's open one. */
  readonly guessTransaction: boolean;
};

/**
 * Decides on what the decoder read leniently, by the charger's settings: vendor values in enumerations become the
 * nearest legal ones or refuse the message, times without zone are read in the charger's zone, impossible times become
 * the time of receipt (a charger must not lose a billing record to its clock). Phases that it had no word for are guessed.
 */
export function repair(call: ChargerCall, settings: RepairSettings, context: RepairContext): Repaired {
  const { payload, guessTransaction } = withoutAnomalies(call, settings, context);
  return { payload: settings.phases ? withPhases(payload) : payload, guessTransaction };
}

function withoutAnomalies(call: ChargerCall, settings: RepairSettings, context: RepairContext): Repaired {
  if (call.anomalies.length === 0) return { payload: call.payload, guessTransaction: false };
  const payload = structuredClone(call.payload) as Tree;
  let guessTransaction = false;
  for (const anomaly of call.anomalies) {
    if (anomaly.kind === 'unknownEnum') repairEnum(payload, anomaly, settings, context);
    else if (anomaly.kind === 'timeWithoutZone') setAt(payload, anomaly.path, zoned(anomaly.text, settings.timezone));
    else if (anomaly.kind === 'impossibleTime') setAt(payload, anomaly.path, isoSeconds(context.nowMs));
    else if (anomaly.kind === 'transactionIdOutOfRange') guessTransaction = settings.transactionId;
    else if (anomaly.kind === 'tooLong') repairLength(payload, call.action, anomaly);
  }
  return { payload: withoutEmptied(payload), guessTransaction };
}

/** `YYYY-MM-DDThh:mm:ssZ`: the form that every charger and CSMS reads. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `24:00:00` is midnight at the end of that day (XML Schema Part 2 §3.2.7). */
function zoned(text: string, timezone: string): string {
  const [date = '', time = ''] = text.trim().split(/[Tt ]/);
  const midnight = time.startsWith('24:');
  const local = Temporal.PlainDateTime.from(midnight ? `${date}T00:00:00` : `${date}T${time.slice(0, 8)}`);
  return isoSeconds(local.add({ days: midnight ? 1 : 0 }).toZonedDateTime(timezone).epochMilliseconds);
}

function repairEnum(payload: Tree, anomaly: Anomaly, settings: RepairSettings, context: RepairContext): void {
  const field = anomaly.path.join('.');
  if (!settings.vendorEnums) throw refusal(field, anomaly.text);
  switch (anomaly.path.at(-1)) {
    case 'status':
      return repairStatus(payload, anomaly, context);
    case 'errorCode':
      payload['errorCode'] = 'OtherError';
      payload['vendorErrorCode'] ??= anomaly.text.slice(0, 50);
      return;
    case 'reason':
      payload['reason'] = 'Other';
      return;
    case 'measurand':
      return removeAt(payload, anomaly.path.slice(0, -1));
    case 'unit':
      return repairUnit(payload, anomaly);
    case 'context':
    case 'location':
    case 'phase':
      return removeAt(payload, anomaly.path);
    case undefined:
    default:
      throw refusal(field, anomaly.text);
  }
}

/** Half an idTag is somebody else's. A stop is a billing record also without it; what may be answered No is left to that. */
function repairLength(payload: Tree, action: string, { path, text }: Anomaly): void {
  if (action === 'StopTransaction') return removeAt(payload, path);
  if (action === 'StartTransaction') throw refusal(path.join('.'), text);
}

/** Units of OCPP 1.5, and of people. */
const unitNames: ReadonlyMap<string, string> = new Map([
  ['amp', 'A'],
  ['ampere', 'A'],
  ['amperes', 'A'],
  ['amps', 'A'],
  ['volt', 'V'],
  ['volts', 'V'],
  ['c', 'Celsius'],
  ['f', 'Fahrenheit'],
  ['%', 'Percent'],
]);

function repairUnit(payload: Tree, { path, text }: Anomaly): void {
  const unit = unitNames.get(text.trim().toLowerCase());
  if (unit === undefined) removeAt(payload, path);
  else setAt(payload, path, unit);
}

function repairStatus(payload: Tree, anomaly: Anomaly, context: RepairContext): void {
  const connector = payload['connectorId'];
  if (typeof connector !== 'number') throw refusal('status', anomaly.text);
  const faulty = payload['errorCode'] !== 'NoError';
  payload['status'] = faulty ? 'Faulted' : (context.lastStatus(connector) ?? 'Available');
}

const refusal = (field: string, text: string) =>
  new OcppError('PropertyConstraintViolation', `${field}: '${text.slice(0, 40)}' is not a value of OCPP 1.6`);

// Lists keep their indexes while paths are walked: what is removed leaves a hole, swept at the end.
type Tree = { [key: string]: unknown };
const hole = Symbol('removed');

function parentOf(payload: Tree, path: Anomaly['path']): Tree {
  return path.slice(0, -1).reduce<Tree>((node, step) => node[step] as Tree, payload);
}

function setAt(payload: Tree, path: Anomaly['path'], value: unknown): void {
  const parent = parentOf(payload, path);
  if (typeof parent === 'object') parent[path.at(-1) ?? ''] = value;
}

function removeAt(payload: Tree, path: Anomaly['path']): void {
  setAt(payload, path, hole);
}

function withoutEmptied(payload: Tree): Payload {
  const meterLists = ['meterValue', 'transactionData'];
  const swept = sweep(payload) as Tree;
  for (const name of meterLists) {
    const list = swept[name];
    if (Array.isArray(list)) swept[name] = list.filter((value: Tree) => (value['sampledValue'] as []).length > 0);
  }
  return swept;
}

function sweep(node: unknown): unknown {
  if (Array.isArray(node)) return node.filter((item) => item !== hole).map(sweep);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([, value]) => value !== hole)
      .map(([name, value]) => [name, sweep(value)]),
  );
}

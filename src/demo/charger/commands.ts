import { numberOf, type Payload, recordOf, textOf } from '../payload.ts';
import type { Configuration } from './configuration.ts';
import { type Connector, type ConnectorEvent, isBusy, isFreeFor } from './connector.ts';
import type { Profiles } from './profiles.ts';
import type { StopReason } from './sessions.ts';

/** What remote commands may do to a charger. Messages that follow from a command leave after its answer. */
export interface CommandTarget {
  readonly connectorIds: readonly number[];
  readonly configuration: Configuration;
  readonly profiles: Profiles;
  readonly localList: { version: number };
  now(): number;
  connector(id: number): Connector | undefined;
  apply(id: number, event: ConnectorEvent): void;
  freeFor(idTag: string): number | undefined;
  /** The connector with this running transaction. */
  connectorOf(transactionId: number): number | undefined;
  isInTransaction(connector: number): boolean;
  begin(connector: number, idTag: string): void;
  end(connector: number, reason: StopReason): void;
  followLimits(): void;
  restart(reason: 'SoftReset' | 'HardReset'): void;
  /** False when this charger cannot send such a message. */
  trigger(message: string, connector: number | undefined): boolean;
  updateFirmware(request: Payload): void;
  /** The name of the file that will be brought. */
  diagnose(request: Payload): string;
}

type Answer = (charger: CommandTarget, request: Payload) => Payload;

const accepted: Payload = { status: 'Accepted' };
const rejected: Payload = { status: 'Rejected' };

/** Answers one command of the central system (OCPP 1.6 §5); throws for an action that OCPP 1.6 does not have. */
export function answerCommand(charger: CommandTarget, action: string, request: Payload): Payload {
  const answer = answers[action];
  if (answer === undefined) throw new Error(`${action} is not an operation of OCPP 1.6`);
  return answer(charger, request);
}

const answers: Readonly<Record<string, Answer>> = {
  CancelReservation: (charger, request) => {
    const id = charger.connectorIds.find(
      (connector) => charger.connector(connector)?.reservation?.id === numberOf(request, 'reservationId'),
    );
    if (id === undefined) return rejected;
    charger.apply(id, { kind: 'reservationEnded' });
    return accepted;
  },
  ChangeAvailability: changeAvailability,
  ChangeConfiguration: (charger, request) => {
    const conf = charger.configuration.change(textOf(request, 'key') ?? '', textOf(request, 'value') ?? '');
    charger.followLimits();
    return conf;
  },
  ClearCache: () => accepted,
  ClearChargingProfile: (charger, request) => {
    const removed = charger.profiles.clear(request);
    charger.followLimits();
    return { status: removed > 0 ? 'Accepted' : 'Unknown' };
  },
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  GetCompositeSchedule: getCompositeSchedule,
  GetConfiguration: (charger, request) => charger.configuration.read(texts(request['key'])),
  GetDiagnostics: (charger, request) => ({ fileName: charger.diagnose(request) }),
  GetLocalListVersion: (charger) => ({ listVersion: charger.localList.version }),
  RemoteStartTransaction: remoteStart,
  RemoteStopTransaction: (charger, request) => {
    const connector = charger.connectorOf(numberOf(request, 'transactionId') ?? Number.NaN);
    if (connector === undefined) return rejected;
    charger.end(connector, 'Remote');
    return accepted;
  },
  ReserveNow: reserveNow,
  Reset: (charger, request) => {
    charger.restart(textOf(request, 'type') === 'Hard' ? 'HardReset' : 'SoftReset');
    return accepted;
  },
  SendLocalList: (charger, request) => {
    const version = numberOf(request, 'listVersion') ?? 0;
    const differential = textOf(request, 'updateType') === 'Differential';
    if (differential && version <= charger.localList.version) return { status: 'VersionMismatch' };
    charger.localList.version = version;
    return accepted;
  },
  SetChargingProfile: setChargingProfile,
  TriggerMessage: (charger, request) => {
    const known = charger.trigger(textOf(request, 'requestedMessage') ?? '', numberOf(request, 'connectorId'));
    return known ? accepted : { status: 'NotImplemented' };
  },
  UnlockConnector: (charger, request) => {
    const connector = numberOf(request, 'connectorId') ?? 0;
    if (charger.connector(connector) === undefined) return { status: 'NotSupported' };
    charger.end(connector, 'UnlockCommand');
    return { status: 'Unlocked' };
  },
  UpdateFirmware: (charger, request) => {
    charger.updateFirmware(request);
    return {};
  },
};

/** The actions that a charger answers: all 19 of the ChargePointService. */
export const commandActions: readonly string[] = Object.keys(answers);

// Connector 0 means all of them (OCPP 1.6 §5.2).
function changeAvailability(charger: CommandTarget, request: Payload): Payload {
  const id = numberOf(request, 'connectorId') ?? 0;
  const concerned = id === 0 ? charger.connectorIds : charger.connectorIds.filter((known) => known === id);
  if (concerned.length === 0) return rejected;
  const inoperative = textOf(request, 'type') === 'Inoperative';
  const busy = concerned.some((known) => {
    const connector = charger.connector(known);
    return connector !== undefined && isBusy(connector);
  });
  for (const known of concerned) charger.apply(known, { kind: inoperative ? 'madeInoperative' : 'madeOperative' });
  return { status: inoperative && busy ? 'Scheduled' : 'Accepted' };
}

function remoteStart(charger: CommandTarget, request: Payload): Payload {
  const idTag = textOf(request, 'idTag') ?? '';
  const connector = numberOf(request, 'connectorId') ?? charger.freeFor(idTag);
  const state = connector === undefined ? undefined : charger.connector(connector);
  if (connector === undefined || state === undefined || !isFreeFor(state, idTag)) return rejected;
  const profile = recordOf(request, 'chargingProfile');
  if (Object.keys(profile).length > 0) charger.profiles.set(connector, profile);
  charger.begin(connector, idTag);
  return accepted;
}

function reserveNow(charger: CommandTarget, request: Payload): Payload {
  const id = numberOf(request, 'connectorId') ?? 0;
  const connector = charger.connector(id);
  // Connector 0 would reserve any: ReserveConnectorZeroSupported is not among this charger's keys (§5.13).
  if (connector === undefined) return rejected;
  if (connector.status === 'Unavailable') return { status: 'Unavailable' };
  if (connector.status !== 'Available') return { status: 'Occupied' };
  const idTag = textOf(request, 'idTag') ?? '';
  charger.apply(id, { kind: 'reserved', id: numberOf(request, 'reservationId') ?? 0, idTag });
  return accepted;
}

// A TxProfile belongs to a running transaction, and a ChargePointMaxProfile to connector 0 (§5.16).
function setChargingProfile(charger: CommandTarget, request: Payload): Payload {
  const connector = numberOf(request, 'connectorId') ?? 0;
  const profile = recordOf(request, 'csChargingProfiles');
  const purpose = textOf(profile, 'chargingProfilePurpose');
  if (connector !== 0 && charger.connector(connector) === undefined) return rejected;
  if (purpose === 'ChargePointMaxProfile' && connector !== 0) return rejected;
  if (purpose === 'TxProfile' && !isOfRunning(charger, connector, numberOf(profile, 'transactionId'))) return rejected;
  charger.profiles.set(connector, profile);
  charger.followLimits();
  return accepted;
}

function isOfRunning(charger: CommandTarget, connector: number, transactionId: number | undefined): boolean {
  if (transactionId === undefined) return charger.isInTransaction(connector);
  return charger.connectorOf(transactionId) === connector;
}

function getCompositeSchedule(charger: CommandTarget, request: Payload): Payload {
  const connectorId = numberOf(request, 'connectorId') ?? 0;
  if (connectorId !== 0 && charger.connector(connectorId) === undefined) return rejected;
  const nowMs = charger.now();
  const unit = textOf(request, 'chargingRateUnit') ?? 'A';
  return {
    status: 'Accepted',
    connectorId,
    scheduleStart: new Date(nowMs).toISOString(),
    chargingSchedule: charger.profiles.composite(connectorId, numberOf(request, 'duration') ?? 0, nowMs, unit),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

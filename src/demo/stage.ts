import type { Charger, ChargerDisplay, ConnectorDisplay } from './charger.ts';
import type { CallOutcome } from './connection.ts';
import type { FileServer } from './csms/file-server.ts';
import type { Csms } from './csms.ts';
import { ledgerOf } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import { type Payload, textOf } from './payload.ts';
import type { Deed } from './script.ts';
import { type PriceChange, type SiteMeter, type SiteView, tellPrices } from './site.ts';

/** Everybody who plays, and who hears of what happens. */
export type Stage = {
  readonly csms: Csms;
  /** The CSMS's images, and where it wants files. */
  readonly files: FileServer;
  readonly chargers: readonly Charger[];
  readonly meter: SiteMeter;
  readonly operatorSocket: string;
  readonly tell: (text: string) => void;
  readonly count: (what: 'done' | 'failed') => void;
};

/** What a spectator sees at one moment. */
export type Snapshot = {
  readonly csmsOn: boolean;
  /** Stations that are connected to the CSMS. */
  readonly connected: number;
  readonly chargers: readonly (Omit<ChargerDisplay, 'connectors'> & {
    readonly connectors: readonly SeenConnector[];
  })[];
  readonly site: SiteView;
  /** As it is now: `lost` is what the gateway still keeps. */
  readonly ledger: Ledger;
};

/** A connector with the transaction id that the CSMS knows it by. */
export type SeenConnector = ConnectorDisplay & { readonly csmsTransactionId: number | undefined };

const patienceMs = 15_000;

/** Looks at the stage. */
export function snapshotOf({ csms, chargers, meter }: Stage): Snapshot {
  return {
    csmsOn: csms.isOn,
    connected: csms.connected.length,
    chargers: chargers.map((charger) => seen(charger.display(), csms)),
    site: meter.view(),
    ledger: ledgerOf(chargers, csms),
  };
}

/** Lets one deed happen; resolves when it is over, whether it succeeded or not. */
export async function perform(stage: Stage, deed: Deed): Promise<void> {
  const { csms, tell } = stage;
  switch (deed.kind) {
    case 'csmsOff':
      await csms.switchOff();
      return tell('the CSMS goes away');
    case 'csmsOn':
      await csms.switchOn();
      return tell('the CSMS is back');
    case 'commission':
      return await commission(stage);
    case 'readMeter': {
      const { loadA, limitA, wishA } = stage.meter.view();
      return tell(`the site draws ${loadA.toFixed(1)} of ${limitA} A; its cars would take ${wishA} A`);
    }
    case 'prices':
      return await changePrices(stage, deed);
    case 'plugIn':
      return await plugIn(stage, chargerOf(stage, deed.charger), deed.connector, deed.idTag);
    case 'unplug': {
      const charger = chargerOf(stage, deed.charger);
      charger.unplug(deed.connector);
      return tell(`${charger.identity} connector ${deed.connector}: unplugged`);
    }
    case 'command':
      return await command(stage, chargerOf(stage, deed.charger).identity, deed.action, deed.payload);
    case 'updateFirmware':
      return await transfer(stage, chargerOf(stage, deed.charger).identity, 'UpdateFirmware');
    case 'getDiagnostics':
      return await transfer(stage, chargerOf(stage, deed.charger).identity, 'GetDiagnostics');
    case 'remoteStop':
      return await toTransaction(stage, deed, 'RemoteStopTransaction', (transactionId) => ({ transactionId }));
    case 'limitTransaction':
      return await toTransaction(stage, deed, 'SetChargingProfile', (transactionId) => ({
        connectorId: deed.connector,
        csChargingProfiles: txProfile(transactionId, deed.limitA),
      }));
  }
}

async function plugIn(stage: Stage, charger: Charger, connector: number, idTag: string): Promise<void> {
  await charger.booted();
  const accepted = await charger.plugIn(connector, idTag);
  stage.count(accepted ? 'done' : 'failed');
  stage.tell(`${charger.identity} connector ${connector}: plugged in, card ${accepted ? 'accepted' : 'refused'}`);
}

async function commission({ chargers, meter, tell, count }: Stage): Promise<void> {
  await Promise.all(chargers.map((charger) => charger.booted()));
  const isSafe = await meter.commissioned(patienceMs);
  count(isSafe ? 'done' : 'failed');
  tell(`the site is commissioned: ${isSafe ? 'every charger has its safe share' : 'NOT every charger has its share'}`);
}

async function changePrices({ meter, operatorSocket, tell }: Stage, change: PriceChange): Promise<void> {
  await tellPrices(operatorSocket, change);
  meter.pricePerKwh = change.nowPerKwh;
  const [now, later] = [change.nowPerKwh, change.laterPerKwh].map((perKwh) => perKwh.toFixed(2));
  tell(`a kWh costs ${now} now and ${later} in ${change.laterMinutes} minutes`);
}

async function command(stage: Stage, station: string, action: string, payload: Payload): Promise<void> {
  const { csms } = stage;
  await csms.changes.until(() => csms.connected.includes(station), patienceMs);
  const outcome = await csms.call(station, action, payload, patienceMs);
  stage.count(succeeded(outcome) ? 'done' : 'failed');
  stage.tell(`CSMS to ${station}: ${action} → ${words(outcome)}`);
}

/** Asks for a transfer, and waits until the CSMS hears how it ended. */
async function transfer(stage: Stage, station: string, action: 'UpdateFirmware' | 'GetDiagnostics'): Promise<void> {
  const { csms, files, count, tell } = stage;
  const isUpdate = action === 'UpdateFirmware';
  const book = csms.book(station);
  const heard = isUpdate ? book.firmware : book.diagnostics;
  const before = heard.length;
  const retrieveDate = new Date().toISOString();
  await command(
    stage,
    station,
    action,
    isUpdate ? { location: files.imageUrl, retrieveDate } : { location: files.inboxUrl },
  );
  const end = () => heard.slice(before).find((status) => ends.has(status));
  await csms.changes.until(() => end() !== undefined, patienceMs);
  count(end() === (isUpdate ? 'Installed' : 'Uploaded') ? 'done' : 'failed');
  tell(`${station}: ${isUpdate ? 'firmware' : 'diagnostics'} ${end() ?? 'not over yet'}`);
}

const ends: ReadonlySet<string> = new Set([
  'Installed',
  'DownloadFailed',
  'InstallationFailed',
  'Uploaded',
  'UploadFailed',
]);

type OfTransaction = { readonly charger: number; readonly connector: number };

/** A command to the transaction that runs on a connector, as soon as its station has surely taken the CSMS's id for it. */
async function toTransaction(
  stage: Stage,
  { charger, connector }: OfTransaction,
  action: string,
  payloadFor: (transactionId: number) => Payload,
): Promise<void> {
  const { csms, chargers } = stage;
  const { identity } = chargerOf(stage, charger);
  const startKey = chargers[charger]?.display().connectors.find(({ id }) => id === connector)?.startKey;
  const book = csms.book(identity);
  const running = () => (startKey === undefined ? undefined : book.startedBy(startKey));
  // The next message proves it: a station sends none before it has taken the last answer (OCPP-J 1.6 §4.1.1).
  const hasMovedOn = () => running() !== undefined && book.arrived.at(-1)?.key !== startKey;
  await csms.changes.until(hasMovedOn, patienceMs);
  const transaction = running();
  if (transaction !== undefined) return await command(stage, identity, action, payloadFor(transaction.id));
  stage.count('failed');
  stage.tell(`CSMS to ${identity}: ${action} → no transaction runs on connector ${connector}`);
}

function succeeded(outcome: CallOutcome): boolean {
  if (outcome.kind !== 'answered') return false;
  const status = textOf(outcome.payload, 'status');
  return status === undefined || ['Accepted', 'Unlocked', 'Scheduled', 'RebootRequired'].includes(status);
}

function words(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return textOf(outcome.payload, 'status') ?? (Object.keys(outcome.payload).join(', ') || 'answered');
    case 'error':
      return `${outcome.code} ${outcome.description}`;
    case 'unreachable':
      return outcome.reason;
  }
}

function txProfile(transactionId: number, limit: number): Payload {
  return {
    chargingProfileId: 2,
    transactionId,
    stackLevel: 2,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  };
}

function seen(display: ChargerDisplay, csms: Csms): Snapshot['chargers'][number] {
  const book = csms.book(display.identity);
  const connectors = display.connectors.map((connector) => ({
    ...connector,
    csmsTransactionId: connector.startKey === undefined ? undefined : book.startedBy(connector.startKey)?.id,
  }));
  return { ...display, connectors };
}

function chargerOf(stage: Stage, index: number): Charger {
  const charger = stage.chargers[index];
  if (charger === undefined) throw new Error(`the script needs charger ${index}`);
  return charger;
}

import { type Charger, type ChargerSettings, startCharger } from './charger.ts';
import { noQuirks, type Quirks } from './charger/quirks.ts';
import { ocpp16 } from './charger/generations/ocpp-1.6.ts';
import type { OcppServices } from './charger/services.ts';
import { soapSpeech } from './charger/soap-line.ts';
import type { Sort, Speech } from './charger/speech.ts';
import type { Csms } from './csms.ts';
import { compareHalves, type Ledger, type StationHalves } from './ledger.ts';

export type FleetSettings = {
  readonly centralSystemUrl: string;
  readonly services: OcppServices;
  readonly count: number;
  /** Identities are this, a dash and a number from 1. */
  readonly name: string;
  /** Overrides for every charger. */
  readonly charger?: Partial<Omit<ChargerSettings, 'identity' | 'speech'>>;
};

/** What makes one charger of a fleet unlike the next. */
export type Make = {
  readonly model: string;
  readonly quirks: Partial<Quirks>;
  /** Default: 2. */
  readonly connectors?: number;
};

/** Taken in turn. */
const makes: readonly Make[] = [
  { model: 'Wallbox 11', quirks: {} },
  { model: 'Column 22 gSOAP', quirks: { envelopePrefix: 'SOAP-ENV', times: 'offset' } },
  { model: 'Echo', quirks: { constantMessageId: true } },
  { model: 'Column 22', quirks: { envelopePrefix: 's', transactionData: false } },
  { model: 'Twin', quirks: { times: 'offset', constantMessageId: true } },
  { model: 'Hermit', quirks: { addressing: 'noFrom' } },
];

/** Starts a fleet of OCPP 1.6-S chargers of several makes; the sixth of each six tells no callback address. */
export async function startFleet(settings: FleetSettings): Promise<readonly Charger[]> {
  const numbers = Array.from({ length: settings.count }, (_, index) => index);
  const speech = soapSpeech(ocpp16, settings);
  return await Promise.all(
    numbers.map((index) => {
      const make = makes[index % makes.length] ?? { model: 'Wallbox', quirks: {} };
      return startCharger({ ...settingsOf(make, speech, settings.name, index + 1), ...settings.charger });
    }),
  );
}

/** Stops all chargers. */
export async function stopFleet(chargers: readonly Charger[]): Promise<void> {
  await Promise.all(chargers.map((charger) => charger.close()));
}

/** What these chargers had acknowledged, beside what the CSMS counted of them. */
export function ledgerHalves(chargers: readonly Charger[], csms: Csms): readonly StationHalves[] {
  return chargers.map((charger) => ({
    acknowledged: charger.acknowledged,
    arrived: csms.book(charger.identity).arrived,
  }));
}

/** Transaction messages of the chargers of one sort. */
export type SortCount = { readonly sort: Sort; readonly chargers: number } & Pick<Ledger, 'sent' | 'delivered'>;

/** What was acknowledged to the chargers of each sort, and delivered. */
export function countsBySort(chargers: readonly Charger[], csms: Csms): readonly SortCount[] {
  const sorts = [...new Set(chargers.map(({ sort }) => sort))];
  return sorts.map((sort) => {
    const own = chargers.filter((charger) => charger.sort === sort);
    const { sent, delivered } = ledgerOf(own, csms);
    return { sort, chargers: own.length, sent, delivered };
  });
}

/** The ledger of these chargers and this CSMS, as it is now. */
export function ledgerOf(chargers: readonly Charger[], csms: Csms): Ledger {
  return compareHalves(ledgerHalves(chargers, csms), csms.outages);
}

/** Waits until the CSMS has all that was acknowledged; the ledger then, or at the deadline. */
export async function settledLedger(chargers: readonly Charger[], csms: Csms, deadlineMs: number): Promise<Ledger> {
  await csms.changes.until(() => mayBeComplete(chargers, csms) && ledgerOf(chargers, csms).lost === 0, deadlineMs);
  return ledgerOf(chargers, csms);
}

// Counting is cheap, comparing is not: compared only when enough has arrived.
function mayBeComplete(chargers: readonly Charger[], csms: Csms): boolean {
  return ledgerHalves(chargers, csms).every(({ acknowledged, arrived }) => arrived.length >= acknowledged.length);
}

/** A charger of a make with all that usual chargers have. */
export function settingsOf(make: Make, speech: Speech, name: string, number: number): ChargerSettings {
  const { model, quirks, connectors = 2 } = make;
  return {
    identity: `${name}-${String(number).padStart(2, '0')}`,
    speech,
    model,
    quirks: { ...noQuirks, ...quirks },
    connectors,
    maxA: 16,
    retry: { pauseMs: jitteredPause(200, 2000), faultAttempts: 3 },
    sampleIntervalMs: 1000,
    maxIntervalMs: 5000,
    deadlineMs: 20_000,
    energySpeed: 60,
    onPower: () => undefined,
  };
}

/** Pauses that double from `leastMs` to `mostMs`, spread by a half so that chargers do not come in step. */
export function jitteredPause(leastMs: number, mostMs: number): (attempt: number) => number {
  return (attempt) => Math.min(mostMs, leastMs * 2 ** Math.min(attempt - 1, 16)) * (0.75 + Math.random() / 2);
}

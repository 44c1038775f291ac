import type { SitesDoor } from '../charging/site/ports.ts';
import type { InspectionDoor } from '../gateway/inspection-port.ts';
import type { BootView, ChargerDetails, ChargerView, ConnectorView, OperatorDoor } from '../gateway/operator-port.ts';
import type { Clock, LinkState, Payload } from '../gateway/ports.ts';
import { readingOf } from './connector-readings.ts';
import { mapInSlices } from './in-slices.ts';
import { isAlive } from './liveness.ts';
import type { ChargerRow, ChargerSheet, ConnectorState } from './views/chargers.ts';

export type ChargerViewsParts = {
  readonly door: Pick<OperatorDoor, 'chargers' | 'charger'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Absent: no gateway runs, and nothing is measured or limited now. */
  readonly live?: LiveParts | undefined;
};

export type LiveParts = {
  readonly inspection: Pick<InspectionDoor, 'limits'>;
  readonly sites: Pick<SitesDoor, 'siteOf'>;
};

/** All chargers as rows, made when somebody looks. */
export async function chargerRowsNow(parts: ChargerViewsParts): Promise<readonly ChargerRow[]> {
  return chargerRowsOf(await parts.door.chargers(), parts);
}

/** Chargers as rows, in slices that let others have their turn. */
export function chargerRowsOf(
  views: readonly ChargerView[],
  { clock, live }: Pick<ChargerViewsParts, 'clock' | 'live'>,
): Promise<readonly ChargerRow[]> {
  const nowMs = clock.now();
  return mapInSlices(views, (view) => rowOf(view, nowMs, live));
}

/** All that is known of one charger; undefined if it was never seen. */
export async function chargerSheetNow(parts: ChargerViewsParts, identity: string): Promise<ChargerSheet | undefined> {
  const details = await parts.door.charger(identity);
  return details && sheetOf(details, rowOf(details, parts.clock.now(), parts.live));
}

function rowOf(view: ChargerView, nowMs: number, live: LiveParts | undefined): ChargerRow {
  const { identity, csmsIdentity, standing, wire, lastSeenMs, conflict, source, callback } = view;
  const { noCommandsReason, boot, lastBoot, waiting, dead, openTransactions, connectors } = view;
  const limits = live?.inspection.limits(identity);
  return {
    identity,
    csmsIdentity,
    standing,
    wire,
    alive: isAlive(view, nowMs),
    lastSeenMs,
    ...makeOf(lastBoot?.payload),
    site: live?.sites.siteOf(identity),
    ...linkOf(view.link),
    conflict,
    source,
    callback,
    noCommandsReason,
    boot,
    waiting,
    dead,
    openTransactions,
    connectors: connectors
      .filter(({ connector }) => connector > 0)
      .map((connector) => stateOf(connector, limits?.get(connector.connector))),
  };
}

function makeOf(boot: Payload = {}): Pick<ChargerRow, 'vendor' | 'model' | 'firmware'> {
  return {
    vendor: textOf(boot['chargePointVendor']),
    model: textOf(boot['chargePointModel']),
    firmware: textOf(boot['firmwareVersion']),
  };
}

type LinkPart = Pick<ChargerRow, 'link' | 'linkSinceMs' | 'linkAttempts' | 'linkError'>;

function linkOf(link: LinkState): LinkPart {
  switch (link.kind) {
    case 'open':
      return { link: 'open', linkSinceMs: link.sinceMs };
    case 'connecting':
      return { link: 'connecting', linkAttempts: link.attempts, linkError: link.lastError };
    case 'closed':
      return { link: 'closed' };
  }
}

function stateOf({ connector, told, metered }: ConnectorView, limitA: number | undefined): ConnectorState {
  const errorCode = textOf(told?.['errorCode']);
  return {
    connector,
    status: textOf(told?.['status']),
    errorCode: errorCode === 'NoError' ? undefined : errorCode,
    ...(metered === undefined ? {} : readingOf(metered.payload, metered.atMs)),
    limitA,
  };
}

function sheetOf(details: ChargerDetails, charger: ChargerRow): ChargerSheet {
  const { firstSeenMs, lastBoot, transactions, lacks, changedSettings, connectors } = details;
  return {
    charger,
    firstSeenMs,
    ...bootOf(lastBoot),
    stationStatus: textOf(connectors.find(({ connector }) => connector === 0)?.told?.['status']),
    transactions,
    lacks,
    changedSettings,
  };
}

type BootPart = Pick<ChargerSheet, 'bootAtMs' | 'bootPayload' | 'csmsStatus' | 'csmsIntervalS' | 'bootUnheard'>;

function bootOf(boot: BootView | undefined): BootPart {
  return {
    bootAtMs: boot?.atMs,
    bootPayload: boot?.payload,
    csmsStatus: boot?.csms?.status,
    csmsIntervalS: boot?.csms?.intervalS,
    bootUnheard: boot?.unheard ?? false,
  };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

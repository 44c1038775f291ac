import type { Ledger } from './ledger.ts';
import type { SeenConnector, Snapshot } from './stage.ts';
import type { SiteView } from './site.ts';
import { isClean, type StoryEnd } from './story.ts';

export type PictureSettings = {
  readonly elapsedS: number;
  /** Undefined when the demo runs until it is stopped. */
  readonly durationS: number | undefined;
  readonly operatorUrl: string;
  /** The newest last. */
  readonly events: readonly string[];
};

/** The stage as lines of text for a terminal. */
export function drawPicture(snapshot: Snapshot, settings: PictureSettings): readonly string[] {
  const { elapsedS, durationS, operatorUrl, events } = settings;
  const length = durationS === undefined ? 'until Ctrl-C' : `of ${durationS} s`;
  const stations = `${snapshot.connected} of ${snapshot.chargers.length} stations connected`;
  return [
    `OCPP edge gateway demo · ${Math.floor(elapsedS)} s ${length} · operator ${operatorUrl}`,
    `CSMS ${snapshot.csmsOn ? 'is up' : 'IS AWAY'} · ${stations}`,
    '',
    row(['charger', 'OCPP', 'status', 'power', 'energy', 'transaction', 'at CSMS', 'unsent']),
    ...snapshot.chargers.flatMap((charger) => charger.connectors.map((connector) => connectorRow(charger, connector))),
    '',
    siteLine(snapshot.site),
    countsLine(snapshot.ledger),
    '',
    ...events.slice(-6),
  ];
}

/** The ledger in words, with the verdict last. */
export function drawEnd(end: StoryEnd): readonly string[] {
  const { ledger, deeds } = end;
  const { installed } = end.transfers.firmware;
  const { uploaded } = end.transfers.diagnostics;
  const line = (label: string, value: number | string) => `  ${label.padEnd(46)}${value}`;
  return [
    'Ledger: what the chargers were promised, against what the CSMS got',
    line('transaction messages acknowledged to chargers', ledger.sent),
    line('delivered to the CSMS under their transaction', ledger.delivered),
    ...end.sorts.map(({ sort, chargers, sent, delivered }) =>
      line(`  of ${chargers} × OCPP ${sort}`, `${delivered} of ${sent}`),
    ),
    line('lost', ledger.lost),
    line('out of order', ledger.reordered),
    line('delivered more than once', ledger.duplicates),
    line('CSMS outages', ledger.outages),
    line('never acknowledged to their charger', end.unacknowledged),
    line('most current at the main fuse, A per phase', `${end.site.maxLoadA} of ${end.site.limitA}`),
    line('firmware installed, diagnostics at the CSMS', `${installed}, ${uploaded}`),
    line('transfers that the CSMS heard wrong of', end.transfers.untrue),
    line('sessions and remote commands as intended', `${deeds.done} of ${deeds.done + deeds.failed}`),
    ...end.violations.map((what) => line('against OCPP-J', what)),
    isClean(end) ? 'Clean: nothing lost, nothing out of order.' : 'NOT CLEAN: the gateway broke its promise.',
  ];
}

type Charger = Snapshot['chargers'][number];

const barWidth = 40;

/** The load beside the fuse, as a bar. */
function siteLine({ loadA, limitA, wishA, pricePerKwh }: SiteView): string {
  const bar = '█'.repeat(Math.round((loadA / limitA) * barWidth)).padEnd(barWidth, '·');
  const price = pricePerKwh === undefined ? '' : ` · a kWh costs ${pricePerKwh.toFixed(2)}`;
  return `site: ${bar} ${loadA.toFixed(1)} of ${limitA} A · cars would take ${wishA} A${price}`;
}

function connectorRow(charger: Charger, connector: SeenConnector): string {
  const runs = connector.startKey !== undefined;
  return row([
    `${charger.identity}/${connector.id}`,
    charger.sort,
    charger.booted ? connector.status : 'booting',
    runs ? `${(connector.powerW / 1000).toFixed(1)} kW` : '',
    runs ? `${(connector.energyWh / 1000).toFixed(2)} kWh` : '',
    runs ? String(connector.transactionId ?? 'asking') : '',
    runs ? String(connector.csmsTransactionId ?? 'unknown') : '',
    connector.id === 1 && charger.waiting > 0 ? String(charger.waiting) : '',
  ]);
}

/** Together less than the 80 columns of a small terminal. */
const widths = [10, 6, 14, 8, 10, 13, 11, 6] as const;

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 10))
    .join('')
    .trimEnd();
}

// While the demo runs, what is acknowledged and not delivered yet is what the gateway keeps.
function countsLine(ledger: Ledger): string {
  const kept = `${ledger.lost} kept by the gateway`;
  return `transaction messages: ${ledger.sent} acknowledged · ${ledger.delivered} at the CSMS · ${kept}`;
}

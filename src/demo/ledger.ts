/** One transaction message that a charger was told had been taken: its promise to compare with. */
export type Acknowledged = {
  /** naturalKey() of the message. */
  readonly key: string;
  /** naturalKey() of its StartTransaction; absent outside a transaction. */
  readonly start: string | undefined;
};

/** One transaction message as the CSMS answered it positively, in the order of arrival, retries included. */
export type Arrival = {
  readonly key: string;
  /** naturalKey() of the StartTransaction to which the CSMS gave the transaction id that the message carried. */
  readonly start: string | undefined;
};

export type StationHalves = {
  readonly acknowledged: readonly Acknowledged[];
  readonly arrived: readonly Arrival[];
};

/** What became of the transaction messages that chargers were told had been taken. */
export type Ledger = {
  /** Acknowledged to the chargers. */
  readonly sent: number;
  /** Of those, arrived at the CSMS under their own transaction. */
  readonly delivered: number;
  /** Of those, never arrived, or arrived under another transaction. */
  readonly lost: number;
  /** Of those delivered, first arrived after a message that the charger sent later. */
  readonly reordered: number;
  /** Arrivals of a message that had arrived before. */
  readonly duplicates: number;
  /** Times that the CSMS went away. */
  readonly outages: number;
};

/** Compares both halves, station by station; neither half knows what the gateway counted. */
export function compareHalves(stations: readonly StationHalves[], outages: number): Ledger {
  const parts = stations.map(compareStation);
  const sum = (pick: (part: Omit<Ledger, 'outages'>) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    sent: sum((part) => part.sent),
    delivered: sum((part) => part.delivered),
    lost: sum((part) => part.lost),
    reordered: sum((part) => part.reordered),
    duplicates: sum((part) => part.duplicates),
    outages,
  };
}

/** The acknowledged messages of one station that never arrived as what they were; for people who look for the cause. */
export function lostMessages(halves: StationHalves): readonly Acknowledged[] {
  const arrivals = firstArrivals(halves.arrived);
  return halves.acknowledged.filter((message) => !isDelivered(message, arrivals));
}

function compareStation(halves: StationHalves): Omit<Ledger, 'outages'> {
  const arrivals = firstArrivals(halves.arrived);
  const sent = halves.acknowledged.length;
  const delivered = halves.acknowledged.filter((message) => isDelivered(message, arrivals));
  return {
    sent,
    delivered: delivered.length,
    lost: sent - delivered.length,
    reordered: countLate(delivered.map((message) => arrivals.get(message.key)?.position ?? 0)),
    duplicates: halves.arrived.length - arrivals.size,
  };
}

type FirstArrival = { readonly position: number; readonly start: string | undefined };

function firstArrivals(arrived: readonly Arrival[]): ReadonlyMap<string, FirstArrival> {
  const first = new Map<string, FirstArrival>();
  for (const [position, { key, start }] of arrived.entries()) {
    if (!first.has(key)) first.set(key, { position, start });
  }
  return first;
}

function isDelivered(message: Acknowledged, arrivals: ReadonlyMap<string, FirstArrival>): boolean {
  const arrival = arrivals.get(message.key);
  return arrival !== undefined && (message.start === undefined || message.start === arrival.start);
}

/** How many positions stand behind a later message's position: those that arrived after one sent later. */
function countLate(positions: readonly number[]): number {
  let earliestOfLater = Number.POSITIVE_INFINITY;
  let late = 0;
  for (const position of positions.toReversed()) {
    if (position > earliestOfLater) late += 1;
    earliestOfLater = Math.min(earliestOfLater, position);
  }
  return late;
}

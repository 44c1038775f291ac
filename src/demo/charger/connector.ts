/**
 * A connector (OCPP 1.6 §4.9). It is Available until somebody plugs in, or until a reservation makes it Reserved. With a
 * cable and an accepted idTag (Preparing) a transaction begins: Charging, or SuspendedEVSE while a profile allows less
 * than 6 A; the two change places as the limit moves. When the transaction ends it is Finishing until the cable is out,
 * then Available again. ChangeAvailability to Inoperative makes a free connector Unavailable at once and a busy one when
 * its transaction is over; Operative undoes it.
 */
export type ConnectorStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable';

export type Connector = {
  readonly status: ConnectorStatus;
  /** Made Unavailable as soon as it is free. */
  readonly goesInoperative: boolean;
  readonly reservation: { readonly id: number; readonly idTag: string } | undefined;
};

export type ConnectorEvent =
  | { readonly kind: 'pluggedIn' }
  | { readonly kind: 'started'; readonly allowed: boolean }
  | { readonly kind: 'limitMoved'; readonly allowed: boolean }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unplugged' }
  | { readonly kind: 'reserved'; readonly id: number; readonly idTag: string }
  | { readonly kind: 'reservationEnded' }
  | { readonly kind: 'madeInoperative' }
  | { readonly kind: 'madeOperative' };

export const freshConnector: Connector = { status: 'Available', goesInoperative: false, reservation: undefined };

/** True while a transaction runs on it. */
export function isCharging(connector: Connector): boolean {
  return connector.status === 'Charging' || connector.status === 'SuspendedEVSE';
}

/** True when somebody with this tag may begin here. */
export function isFreeFor(connector: Connector, idTag: string): boolean {
  if (connector.status === 'Reserved') return connector.reservation?.idTag.toLowerCase() === idTag.toLowerCase();
  return connector.status === 'Available';
}

/** The connector after the event; an event that means nothing in its state leaves it as it was. */
export function afterEvent(connector: Connector, event: ConnectorEvent): Connector {
  switch (event.kind) {
    case 'pluggedIn':
      return { ...connector, status: 'Preparing', reservation: undefined };
    case 'started':
      return { ...connector, status: event.allowed ? 'Charging' : 'SuspendedEVSE', reservation: undefined };
    case 'limitMoved':
      return isCharging(connector) ? { ...connector, status: event.allowed ? 'Charging' : 'SuspendedEVSE' } : connector;
    case 'stopped':
      return isCharging(connector) ? { ...connector, status: 'Finishing' } : connector;
    case 'unplugged':
      return isCharging(connector) ? connector : released(connector);
    case 'reserved':
      return { ...connector, status: 'Reserved', reservation: { id: event.id, idTag: event.idTag } };
    case 'reservationEnded':
      return connector.status === 'Reserved' ? released(connector) : connector;
    case 'madeInoperative':
      return isBusy(connector) ? { ...connector, goesInoperative: true } : { ...freshConnector, status: 'Unavailable' };
    case 'madeOperative':
      return connector.status === 'Unavailable' ? freshConnector : { ...connector, goesInoperative: false };
  }
}

/** True between plugging in and unplugging. */
export function isBusy(connector: Connector): boolean {
  return connector.status === 'Preparing' || connector.status === 'Finishing' || isCharging(connector);
}

function released(connector: Connector): Connector {
  return connector.goesInoperative ? { ...freshConnector, status: 'Unavailable' } : freshConnector;
}

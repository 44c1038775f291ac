/**
 * What a charger of an older version of OCPP cannot say although OCPP 1.6 wants to know it. The codec, which has no memory,
 * notes the gap; the gateway fills it from what it remembers of the charger.
 */
export type Gap =
  /** `status` says that somebody is at the connector: whether before, in or after a transaction is not told. */
  | 'occupied'
  /** A MeterValues cannot name its transaction. */
  | 'transactionId'
  /** A StopTransaction cannot name its reason. */
  | 'reason'
  /** The status does not change for this charger when a transaction begins or ends, so it tells of none. */
  | 'status';

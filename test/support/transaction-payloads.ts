/** Messages of one transaction in OCPP 1.6-J, alike but for what a test is about. */
export const startPayload = (meterStart = 1000, timestamp = '2026-03-01T12:00:00Z', connectorId = 1) => {
  return { connectorId, idTag: 'TAG-1', timestamp, meterStart };
};

export const meterPayload = (transactionId: number, value: string, connectorId = 1) => ({
  connectorId,
  transactionId,
  meterValue: [{ timestamp: '2026-03-01T12:05:00Z', sampledValue: [{ value }] }],
});

export const stopPayload = (transactionId: number, meterStop = 2000, timestamp = '2026-03-01T12:30:00Z') => {
  return { transactionId, idTag: 'TAG-1', timestamp, meterStop };
};

import type { ConfigView } from '../../../src/operator/views/config.ts';
import type { MessageFull, MessageHead, MessageStory } from '../../../src/operator/views/messages.ts';

const actions = [
  'MeterValues',
  'Heartbeat',
  'StatusNotification',
  'Authorize',
  'StartTransaction',
  'MeterValues',
] as const;

export function headsOf(nowMs: number, length = 600): readonly MessageHead[] {
  return Array.from({ length }, (_, index) => headOf(50_000 - index, nowMs - index * 730));
}

export function headOf(id: number, atMs: number): MessageHead {
  const action = actions[id % actions.length] ?? 'Heartbeat';
  const isWrong = id % 53 === 7;
  const side = id % 3 === 0 ? 'json' : 'soap';
  return {
    id,
    atMs,
    charger: `DEPOT-${String((id % 500) + 1).padStart(3, '0')}`,
    side,
    direction: side === 'json' ? 'out' : 'in',
    action,
    outcome: isWrong ? (side === 'json' ? 'GenericError' : 'unreachable') : 'answered',
    ...(isWrong && side !== 'json' ? {} : { latencyMs: 2 + (id % 37) * 1.3 }),
    bytes: 900 + (id % 40) * 31,
    ...(action === 'MeterValues' || action === 'StartTransaction' ? { seq: 120_000 + id } : {}),
  };
}

const soapRequest = `<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope" xmlns:A="http://www.w3.org/2005/08/addressing"><S:Header><A:MessageID>urn:uuid:0f6e9f2a-44f1-4d2c-9c2c-b1c2d8f2a017</A:MessageID><A:Action>/StartTransaction</A:Action><chargeBoxIdentity xmlns="urn://Ocpp/Cs/2015/10/">DEPOT-007</chargeBoxIdentity></S:Header><S:Body><startTransactionRequest xmlns="urn://Ocpp/Cs/2015/10/"><connectorId>1</connectorId><idTag>…4711</idTag><timestamp>2026-11-28T21:14:03Z</timestamp><meterStart>1200431</meterStart></startTransactionRequest></S:Body></S:Envelope>`;
const soapAnswer = `<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body><startTransactionResponse xmlns="urn://Ocpp/Cs/2015/10/"><transactionId>704</transactionId><idTagInfo><status>Accepted</status></idTagInfo></startTransactionResponse></S:Body></S:Envelope>`;
const jsonRequest =
  '[2,"b0c1","StartTransaction",{"connectorId":1,"idTag":"…4711","timestamp":"2026-11-28T21:14:03Z","meterStart":1200431}]';
const jsonAnswer = '[3,"b0c1",{"transactionId":88004,"idTagInfo":{"status":"Accepted"}}]';

export function storyOf(id: number, nowMs: number): MessageStory {
  const common = { charger: 'DEPOT-007', action: 'StartTransaction', outcome: 'answered', seq: 120_044 } as const;
  const soap: MessageFull = {
    ...common,
    id,
    atMs: nowMs - 2_000,
    side: 'soap',
    direction: 'in',
    latencyMs: 6.2,
    bytes: 1_310,
    request: soapRequest,
    answer: soapAnswer,
  };
  const json: MessageFull = {
    ...common,
    id: id + 1,
    atMs: nowMs - 1_990,
    side: 'json',
    direction: 'out',
    latencyMs: 31.4,
    bytes: 214,
    request: jsonRequest,
    answer: jsonAnswer,
  };
  return { message: soap, related: [json] };
}

export function outboxOf(nowMs: number): readonly unknown[] {
  const dead = [0, 1].map((index) => ({
    seq: 118_200 + index,
    station: 'DEPOT-013',
    action: index === 0 ? 'StartTransaction' : 'StopTransaction',
    lane: 'transaction',
    atMs: nowMs - 86_400_000 + index * 3_600_000,
    attempts: 3,
    notBeforeMs: 0,
    offline: false,
    transaction: { connector: 1, chargerTxId: 612, state: 'dead' },
    deadReason: 'FormationViolation: idTag is longer than 20 characters',
  }));
  const waiting = Array.from({ length: 36 }, (_, index) => ({
    seq: 120_000 + index,
    station: `DEPOT-${String(18 + 41 * (index % 12)).padStart(3, '0')}`,
    action: index % 3 === 0 ? 'StartTransaction' : 'MeterValues',
    lane: 'transaction',
    atMs: nowMs - 412_000 + index * 9_000,
    attempts: index % 2,
    notBeforeMs: index % 4 === 0 ? nowMs + 40_000 : 0,
    offline: true,
    transaction: { connector: 1, chargerTxId: 700 + index, state: 'open' },
  }));
  return [...dead, ...waiting];
}

export function transfersOf(nowMs: number): readonly Record<string, unknown>[] {
  const states = ['downloading', 'installed', 'installed', 'downloadFailed', 'installing', 'uploaded', 'superseded'];
  return Array.from({ length: 28 }, (_, index) => {
    const state = states[index % states.length] ?? 'installed';
    return {
      id: 340 - index,
      station: `DEPOT-${String(index * 7 + 1).padStart(3, '0')}`,
      kind: state === 'uploaded' ? 'diagnostics' : 'firmware',
      state,
      open: state === 'downloading' || state === 'installing',
      askedBy: index % 3 === 0 ? 'campaign' : 'csms',
      createdAtMs: nowMs - index * 3_900_000 - 300_000,
      changedAtMs: nowMs - index * 3_600_000 - 20_000,
      location: 'https://files.example.net/firmware/k22-4.2.0.bin',
      name: 'k22-4.2.0.bin',
      file: { sha256: '9f2c4b8a1e77d5403c6f0a2b9d8e7f6a5b4c3d2e1f00112233445566778899aa', bytes: 18_400_000 },
      sentBytes: state === 'downloading' ? 7_300_000 : 18_400_000,
      told: state === 'downloading' ? 'Downloading' : 'Installed',
      ...(state === 'downloadFailed' ? { reason: 'the charger cut the connection 4 times at 2.1 MB' } : {}),
    };
  });
}

export function transcriptOf(nowMs: number): readonly { readonly atMs: number; readonly text: string }[] {
  return [
    'UpdateFirmware of the CSMS: https://files.example.net/firmware/k22-4.2.0.bin, 3 retries',
    'fetched 18,400,000 bytes in 2.1 s, SHA-256 9f2c4b8a…',
    'UpdateFirmware to the charger: ftp://…@10.20.0.1:2121/k22-4.2.0.bin',
    'ftp: 10.20.0.16 logged in, TYPE I, PASV, RETR k22-4.2.0.bin',
    'ftp: connection reset after 2,100,224 bytes',
    'ftp: REST 2100224, RETR k22-4.2.0.bin',
    'FirmwareStatusNotification Downloading',
  ].map((text, index) => ({ atMs: nowMs - 300_000 + index * 20_000, text }));
}

export function campaignsOf(nowMs: number): readonly unknown[] {
  const members = Array.from({ length: 42 }, (_, index) => ({
    station: `DEPOT-${String(index + 1).padStart(3, '0')}`,
    wave: index < 2 ? 0 : index < 12 ? 1 : 2,
    state: memberState(index),
    atMs: nowMs - 3_600_000 + index * 60_000,
    ...(index === 7 ? { reason: 'it booted with 4.1.7 again' } : {}),
  }));
  return [
    {
      name: 'k22-autumn',
      run: 1,
      state: 'running',
      startedAtMs: nowMs - 7_200_000,
      changedAtMs: nowMs - 30_000,
      targetVersion: '4.2.0',
      opening: { open: true },
      failures: 1,
      abortAfterFailures: 3,
      waves: [
        { wave: 0, chargers: 2, over: 2, opensAtMs: nowMs - 7_200_000 },
        { wave: 1, chargers: 10, over: 7, opensAtMs: nowMs - 3_600_000 },
        { wave: 2, chargers: 30, over: 0 },
      ],
      members,
    },
  ];
}

function memberState(index: number): string {
  if (index === 7) return 'failed';
  if (index < 9) return 'updated';
  return index < 12 ? 'updating' : 'waiting';
}

export function configOf(nowMs: number): ConfigView {
  const value = (
    key: string,
    shown: unknown,
    source: string,
    effect: 'live' | 'reconnect' | 'restart',
    description: string,
  ) => ({
    key,
    value: shown,
    source,
    effect,
    description,
    pending: key === 'soap.port',
  });
  return {
    file: '/etc/ocpp-edge/gateway.yaml',
    values: [
      value('csms.url', 'wss://csms.example.net/ocpp', 'gateway.yaml:3:8', 'reconnect', 'Base URL of the CSMS.'),
      value('csms.password', 'env:CSMS_PASSWORD', 'gateway.yaml:4:13', 'reconnect', 'Where the password is read from.'),
      value('soap.port', 8180, 'gateway.yaml:8:9', 'restart', 'Port for chargers with OCPP-S.'),
      value(
        'soap.shadowEvery',
        1_000,
        'default',
        'live',
        'One message in so many is read by the other decoder as well.',
      ),
      value('operator.port', 8190, 'default', 'restart', 'Port of the operator API, the console and the metrics.'),
      value('log.level', 'info', 'env OCPP_EDGE__LOG__LEVEL', 'live', 'What is logged at least.'),
      value('chargers.DEPOT-001.model', 'kestrel-k22', 'gateway.yaml:31:12', 'live', 'By which it is driven.'),
      value('transfers.enabled', true, 'default', 'restart', 'Carries firmware and diagnostics.'),
    ],
    reload: {
      kind: 'refused',
      atMs: nowMs - 900_000,
      changed: [],
      restartNeeded: ['soap.port'],
      mistakes: ['gateway.yaml:12:5 csms.urll: unknown key; did you mean "url"?'],
    },
  };
}

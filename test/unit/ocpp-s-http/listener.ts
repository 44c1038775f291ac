import { unlimited } from '../../../src/front-door/rates.ts';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/gateway/clock.ts';
import type {
  ChargerCall,
  ChargerDoor,
  ChargerReply,
  Claim,
  Exchange,
  Log,
  MessageLog,
  Meters,
  Payload,
  WireProfile,
} from '../../../src/gateway/ports.ts';
import { defaultHttpLimits, type HttpLimits } from '../../../src/ocpp-s/http-limits.ts';
import { createSoapServer, type SoapServer, type SoapServerParts } from '../../../src/ocpp-s/server.ts';
import { compileSoap } from '../../../src/ocpp-s/soap.ts';
import { loadServices } from '../../../src/ocpp-s/wsdl/load.ts';
import { pullDecoder } from '../../../src/ocpp-s/xml/pull.ts';

export const wsdls = loadServices(fileURLToPath(new URL('../../../wsdl', import.meta.url)));
export const soap = compileSoap(
  wsdls.map((wsdl) => wsdl.model),
  pullDecoder,
);

export const defaultProfile: WireProfile = {
  mustUnderstand: true,
  responseTo: 'anonymous',
  responseHeaders: 'full',
  soapAction: false,
  faultHttpStatus: 'soap12',
};

const time = '2026-03-01T12:00:00Z';

/** The least that each answer to a charger must hold. */
export const confirmations: Readonly<Record<string, Payload>> = {
  Authorize: { idTagInfo: { status: 'Accepted' } },
  BootNotification: { status: 'Accepted', currentTime: time, interval: 300 },
  DataTransfer: { status: 'UnknownVendorId' },
  DiagnosticsStatusNotification: {},
  FirmwareStatusNotification: {},
  Heartbeat: { currentTime: time },
  MeterValues: {},
  StartTransaction: { transactionId: 4711, idTagInfo: { status: 'Accepted' } },
  StatusNotification: {},
  StopTransaction: {},
};

/** A door, logs and meters that remember what came through. */
export class Surroundings implements ChargerDoor {
  readonly received: { readonly claim: Claim; readonly call: ChargerCall }[] = [];
  readonly counted: string[] = [];
  readonly exchanges: Exchange[] = [];
  readonly logged: {
    readonly level: string;
    readonly event: string;
    readonly fields: Payload;
    readonly cause?: unknown;
  }[] = [];
  profile: WireProfile = defaultProfile;
  reply: (claim: Claim, call: ChargerCall) => ChargerReply | Promise<ChargerReply> = (claim, call) => ({
    kind: 'answered',
    identity: claim.identity,
    payload: confirmations[call.action] ?? {},
  });

  async receive(claim: Claim, call: ChargerCall): Promise<ChargerReply> {
    this.received.push({ claim, call });
    return this.reply(claim, call);
  }

  wireProfile(): WireProfile {
    return this.profile;
  }

  readonly log: Log = {
    debug: (event, fields = {}) => this.logged.push({ level: 'debug', event, fields }),
    info: (event, fields = {}) => this.logged.push({ level: 'info', event, fields }),
    warn: (event, fields = {}) => this.logged.push({ level: 'warn', event, fields }),
    error: (event, fields, cause) => this.logged.push({ level: 'error', event, fields, cause }),
  };

  readonly messages: MessageLog = { said: (exchange) => this.exchanges.push(exchange) };

  readonly meters: Meters = {
    message: (...labels) => this.counted.push(labels.join(' ')),
    callDuration: (side, action) => this.counted.push(`took ${side} ${action}`),
    securityReject: (rule) => this.counted.push(`reject ${rule}`),
    anomaly: (kind) => this.counted.push(`anomaly ${kind}`),
    duplicate: (source) => this.counted.push(`duplicate ${source}`),
    outboxRetry: (reason) => this.counted.push(`retry ${reason}`),
    deadLetter: () => this.counted.push('dead'),
    clockOffset: (seconds) => this.counted.push(`clock ${seconds}`),
    offlineDecision: (decision) => this.counted.push(`offline ${decision}`),
    reconnect: () => this.counted.push('reconnect'),
    translated: () => undefined,
    decodedTwice: (outcome) => this.counted.push(`decoded twice: ${outcome}`),
  };
}

export type Listener = {
  readonly port: number;
  readonly url: string;
  readonly around: Surroundings;
  readonly server: SoapServer;
};

type Changes = Partial<Omit<SoapServerParts, 'limits'>> & { readonly limits?: Partial<HttpLimits> };

/** A listener on a free loopback port that ends with the test. */
export async function startListener(changes: Changes = {}): Promise<Listener> {
  const around = new Surroundings();
  const server = createSoapServer({
    host: '127.0.0.1',
    port: 0,
    path: '/ocpp',
    lenient: false,
    soap,
    door: around,
    wsdls,
    meters: around.meters,
    messages: around.messages,
    log: around.log,
    clock: systemClock,
    ...changes,
    limits: { ...defaultHttpLimits, rates: { perAddress: unlimited, perCharger: unlimited }, ...changes.limits },
  });
  const { port } = await server.listen();
  onTestFinished(() => server.close(0));
  const scheme = changes.tls === undefined ? 'http' : 'https';
  return { port, url: `${scheme}://127.0.0.1:${port}/ocpp`, around, server };
}

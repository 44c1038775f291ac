import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/gateway/clock.ts';
import type { ChargerTarget } from '../../../src/gateway/ports.ts';
import { createSoapCaller, type SoapCaller, type SoapCallerParts } from '../../../src/ocpp-s/client.ts';
import { defaultProfile, soap, Surroundings } from './listener.ts';

export type Heard = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The same number for all requests of one connection. */
  readonly connection: number | undefined;
};

export type ChargerHttp = {
  readonly port: number;
  readonly url: string;
  readonly heard: Heard[];
};

type Answer = (response: ServerResponse, heard: Heard) => void;

/** An HTTP server of a charger on a free loopback port that ends with the test. */
export async function startCharger(answer: Answer, tls?: ServerOptions): Promise<ChargerHttp> {
  const heard: Heard[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    readText(request).then(
      (body) => {
        const { method, url, headers } = request;
        const message = { method, url, headers, body, connection: request.socket.remotePort };
        heard.push(message);
        answer(response, message);
      },
      () => response.destroy(),
    );
  };
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const ended = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await ended;
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/cp/ChargePointService?x=1`, heard };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A caller that ends with the test, and what it counted and logged. */
export function startCaller(changes: Partial<SoapCallerParts> = {}): { caller: SoapCaller; around: Surroundings } {
  const around = new Surroundings();
  const caller = createSoapCaller({
    soap,
    publicUrl: () => 'http://gw.depot.example:8180/ocpp',
    maxAnswerBytes: 262_144,
    tls: { verify: true, legacy: false },
    meters: around.meters,
    messages: around.messages,
    log: around.log,
    clock: systemClock,
    ...changes,
  });
  onTestFinished(() => caller.close());
  return { caller, around };
}

export const target = (url: string, changes: Partial<ChargerTarget> = {}): ChargerTarget => ({
  identity: 'DEPOT-07',
  url,
  wire: 'ocpp1.6-soap',
  profile: defaultProfile,
  ...changes,
});

const chargePointNamespace = 'urn://Ocpp/Cp/2015/10/';

/** A charger's answer; without any header, which is all that the HTTP exchange needs. */
export function response(element: string, fields: string): string {
  return (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>' +
    `<${element} xmlns="${chargePointNamespace}">${fields}</${element}></e:Body></e:Envelope>`
  );
}

export function fault(code: string, subcode?: string): string {
  const inner = subcode === undefined ? '' : `<e:Subcode><e:Value>cp:${subcode}</e:Value></e:Subcode>`;
  return (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:cp="urn://Ocpp/Cp/2015/10/"><e:Body><e:Fault>' +
    `<e:Code><e:Value>e:${code}</e:Value>${inner}</e:Code>` +
    '<e:Reason><e:Text xml:lang="en">not today</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>'
  );
}

export function sendXml(answer: ServerResponse, body: string, status = 200): void {
  answer
    .writeHead(status, { 'Content-Type': 'application/soap+xml', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

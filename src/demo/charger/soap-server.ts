import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { type IServices, Server, type WSDL } from 'soap';
import type { Payload } from '../payload.ts';
import { headersXml, headerText } from './addressing.ts';
import { fromSoap } from './from-soap.ts';
import type { CommandHandler } from './line.ts';
import type { EnvelopePrefix, OcppServices, Service } from './services.ts';

export type ServerSettings = {
  readonly identity: string;
  readonly services: OcppServices;
  readonly envelopePrefix: EnvelopePrefix;
  readonly onCommand: CommandHandler;
};

/** A listening ChargePointService. */
export type CommandServer = {
  /** URL for wsa:From. */
  readonly url: string;
  close(): Promise<void>;
};

const maxBodyBytes = 1_048_576;

/** Listens on a free loopback port for remote commands, served by the `soap` package's server. */
export async function listenForCommands(settings: ServerSettings): Promise<CommandServer> {
  const soapServer = buildSoapServer(settings);
  const server = createServer((request, response) => {
    answer(soapServer, request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the charger has no TCP address');
  return { url: `http://127.0.0.1:${address.port}${path}`, close: () => closeServer(server) };
}

const path = '/ocpp/cp';

async function answer(soapServer: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(405).end();
    return;
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) throw new Error('the command is larger than 1 MiB');
    chunks.push(chunk);
  }
  const { body, statusCode } = await soapServer.processRequest(Buffer.concat(chunks).toString('utf8'));
  const bytes = Buffer.from(body);
  response.writeHead(statusCode, {
    'content-type': 'application/soap+xml; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

// Without an HTTP server of its own: the package can share one WSDL among servers only this way.
function buildSoapServer(settings: ServerSettings): Server {
  const { wsdl } = serviceOf(settings);
  const services = handlers(settings, wsdl);
  const server = new Server(null, path, services, wsdl, {
    path,
    services,
    forceSoap12Headers: true,
    suppressStack: true,
    envelopeKey: settings.envelopePrefix,
  });
  server.addSoapHeader((action: string, _args: unknown, headers: unknown) => answerHeaders(settings, action, headers));
  return server;
}

function answerHeaders(settings: ServerSettings, action: string, headers: unknown): string {
  const relatesTo = headerText(headers, 'MessageID');
  return headersXml({
    namespace: serviceOf(settings).namespace,
    identity: settings.identity,
    action: `/${action}Response`,
    messageId: `urn:uuid:${randomUUID()}`,
    ...(relatesTo === undefined ? {} : { relatesTo }),
    to: 'http://www.w3.org/2005/08/addressing/anonymous',
  });
}

/** One handler for each operation that the WSDL knows. */
function handlers(settings: ServerSettings, wsdl: WSDL): IServices {
  const services: IServices = {};
  for (const [serviceName, service] of Object.entries(wsdl.definitions.services)) {
    const ports = Object.entries(service.ports).map(([portName, port]) => {
      const actions = Object.keys(port.binding.methods);
      return [portName, Object.fromEntries(actions.map((action) => [action, handler(settings, action)]))] as const;
    });
    services[serviceName] = Object.fromEntries(ports);
  }
  return services;
}

function handler(settings: ServerSettings, action: string) {
  return async (args: unknown, _callback: unknown, headers: unknown): Promise<Payload> => {
    if (headerText(headers, 'chargeBoxIdentity') !== settings.identity) {
      throw fault(settings, 'Sender', 'IdentityMismatch', 'this is another charge point');
    }
    try {
      return await settings.onCommand(action, fromSoap(args));
    } catch (error) {
      throw fault(settings, 'Receiver', 'InternalError', asError(error).message);
    }
  };
}

/** The shape in which the package expects a SOAP 1.2 fault. */
function fault(settings: ServerSettings, code: 'Sender' | 'Receiver', subcode: string, text: string): Error {
  return Object.assign(new Error(text), {
    Fault: {
      Code: {
        Value: `${settings.envelopePrefix}:${code}`,
        Subcode: { Value: `${ocppPrefix(settings)}:${subcode}` },
      },
      Reason: { Text: { attributes: { 'xml:lang': 'en' }, $value: text } },
      statusCode: code === 'Sender' ? 400 : 500,
    },
  });
}

/** The prefix that the package declares on every envelope for the namespace of the WSDL. */
function ocppPrefix(settings: ServerSettings): string {
  const { wsdl, namespace } = serviceOf(settings);
  const declared = wsdl.definitions.xmlns ?? {};
  return Object.keys(declared).find((prefix) => declared[prefix] === namespace) ?? 'tns';
}

function serviceOf({ services, envelopePrefix }: ServerSettings): Service {
  return services[envelopePrefix].chargePoint;
}

async function closeServer(server: HttpServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

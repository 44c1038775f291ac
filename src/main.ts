import { join } from 'node:path';
import type { Config } from './config/load.ts';
import { systemClock } from './gateway/clock.ts';
import { startGateway } from './gateway/gateway.ts';
import type { CsmsDoor, Log } from './gateway/ports.ts';
import type { Store } from './gateway/store-port.ts';
import { gatewaySettings } from './main/gateway-settings.ts';
import { packageRoot, packageVersion } from './main/package.ts';
import { soapListeners } from './main/soap-listeners.ts';
import { createCsmsLinks } from './ocpp-j/client.ts';
import { createSoapCaller } from './ocpp-s/client.ts';
import { compileSoap } from './ocpp-s/soap.ts';
import { loadContract } from './ocpp-s/wsdl/contract.ts';
import { referenceDecoder } from './ocpp-s/xml/reference.ts';
import { createMeters } from './operator/meters.ts';
import { createMetrics } from './operator/metrics.ts';
import { createOperatorServer } from './operator/server.ts';
import { openStore } from './store/open.ts';

export type RunningGateway = {
  /** Where chargers POST to, as this machine reaches it. */
  readonly soapUrl: string;
  readonly soapTlsUrl: string | undefined;
  readonly operatorUrl: string;
  /** Accepts nothing new, lets what is under way end, and gives everything back; 10 s at most. */
  close(): Promise<void>;
};

export type Surroundings = {
  readonly log: Log;
  /** Default: SQLite in `config.data.folder`. The bench replaces it, to measure what durability costs. */
  readonly store?: Store;
};

/** How long requests that are under way may take to end. */
const graceMs = 8_000;

/** Builds every part, hands each its ports, and starts them from the inside out; rejects when one cannot start. */
export async function startEdge(config: Config, { log, store: given }: Surroundings): Promise<RunningGateway> {
  const ending = new Ending();
  try {
    const { meters, registry } = createMeters();
    const services = loadContract(join(packageRoot, 'wsdl'));
    const soap = compileSoap(
      services.map(({ model }) => model),
      referenceDecoder,
    );
    const { folder } = config.data;
    const { provisionalIds } = config.outbox;
    const store = given ?? (await openStore({ folder, log, provisionalIds, clock: systemClock }));
    ending.first(() => store.close());
    const common = { clock: systemClock, log, meters };
    const caller = createSoapCaller({ ...common, soap, ...callerSettings(config) });
    ending.first(() => caller.close());
    const links = (door: CsmsDoor) => createCsmsLinks({ ...common, door, options: linkOptions(config) });
    const gateway = await startGateway({ ...common, settings: gatewaySettings(config), store, caller, links });
    ending.first(() => gateway.stop());
    const listeners = soapListeners({ ...common, config, soap, services, door: gateway.chargers });
    const plain = await listeners.plain.listen();
    ending.first(() => listeners.plain.close(graceMs));
    const tls = await listeners.tls?.listen();
    ending.first(async () => listeners.tls?.close(graceMs));
    const version = packageVersion();
    const sources = { door: gateway.operator, store, folder };
    const metrics = createMetrics({ ...common, ...sources, registry, version, chargerLabels: true });
    ending.first(() => metrics.close());
    const socketPath = join(folder, 'gateway.sock');
    const { host, port } = config.operator;
    const operator = createOperatorServer({ ...common, ...sources, metrics, version, host, port, socketPath });
    const operatorPort = await operator.listen();
    ending.first(() => operator.close());
    const running = {
      soapUrl: `http://${reachable(config.soap.host)}:${plain.port}${config.soap.path}`,
      soapTlsUrl: tls && `https://${reachable(config.soap.host)}:${tls.port}${config.soap.path}`,
      operatorUrl: `http://${reachable(host)}:${operatorPort}`,
    };
    log.info('gateway started', { ...running, version, folder });
    return { ...running, close: () => ending.run() };
  } catch (error) {
    await ending.run();
    throw error;
  }
}

/** What must be given back, last come first served; run once. */
class Ending {
  readonly #steps: (() => unknown)[] = [];
  #done: Promise<void> | undefined;

  first(step: () => unknown): void {
    this.#steps.unshift(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}

function callerSettings(config: Config) {
  const { host, port, path, publicUrl, maxBodyBytes } = config.soap;
  return {
    publicUrl: publicUrl ?? `http://${reachable(host)}:${port}${path}`,
    maxAnswerBytes: maxBodyBytes,
    tls: { verify: false, legacy: false },
  };
}

function linkOptions({ csms }: Config) {
  const { minS, maxS } = csms.backoff;
  return {
    backOff: { minMs: minS * 1000, maxMs: maxS * 1000 },
    compressFromBytes: csms.compression ? 512 : undefined,
  };
}

/** An address that stands for all addresses is reached by loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

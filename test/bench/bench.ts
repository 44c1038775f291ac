import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Build } from './build.ts';
import type { CsmsAsks } from './children/csms.ts';
import type { GatewayAsks } from './children/gateway.ts';
import type { LoadAsks } from './children/load.ts';
import type { RelayAsks } from './children/usage.ts';
import { Child } from './control/child.ts';

/** Something between chargers and CSMS that is measured. */
export type Relay<A extends RelayAsks = RelayAsks> = {
  readonly name: string;
  readonly port: number;
  readonly process: Child<A>;
};

export type GatewayOptions = {
  readonly store: 'memory' | 'sqlite';
  /** Libraries to load first. */
  readonly preload?: string;
  /** A site that it plans: what its file says. */
  readonly site?: Readonly<Record<string, unknown>>;
  /** True: with the message log, as by default; what it costs is measured by itself (message-log.ts). */
  readonly messages?: boolean;
};

/** The processes around the relays, and a folder for their data; `close` ends them all. */
export class Bench {
  readonly build: Build;
  readonly csms: Child<CsmsAsks>;
  readonly load: Child<LoadAsks>;
  readonly #csmsPort: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'ocpp-edge-bench-'));
  readonly #relays = new Set<Relay>();

  private constructor(build: Build, csms: Child<CsmsAsks>, load: Child<LoadAsks>, csmsPort: number) {
    this.build = build;
    this.csms = csms;
    this.load = load;
    this.#csmsPort = csmsPort;
  }

  static async start(build: Build): Promise<Bench> {
    const csms = await Child.start<CsmsAsks>(build.child('csms'));
    const load = await Child.start<LoadAsks>(build.child('load'));
    return new Bench(build, csms, load, await csms.ask('port'));
  }

  startBare(name: string): Promise<Relay> {
    return this.#start(name, 'bare-relay', [this.#csmsUrl(name)]);
  }

  startSoap(name: string): Promise<Relay> {
    return this.#start(name, 'soap-relay', [this.#csmsUrl(name)]);
  }

  startGateway(name: string, { store, preload, ...config }: GatewayOptions): Promise<Relay<GatewayAsks>> {
    return this.#start<GatewayAsks>(
      name,
      'gateway',
      [this.writeConfig(name, config), store],
      preload === undefined ? {} : { LD_PRELOAD: preload },
    );
  }

  /**
   * The config of a gateway: what limits a single sender is switched off, and what is measured by itself, transfers and the
   * message log.
   */
  writeConfig(name: string, { site, messages = false }: Pick<GatewayOptions, 'site' | 'messages'> = {}): string {
    const file = join(this.#folder, `${name}.yaml`);
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    const charging = site === undefined ? {} : { charging: { sitesFolder: this.#writeSite(name, site) } };
    const settings = {
      soap: {
        host: '127.0.0.1',
        port: 0,
        // All chargers of the bench share one address.
        rateLimits: { perAddressPerS: 0, perChargerPerS: 0 },
        maxConcurrent: 5000,
        keepAliveS: 3600,
      },
      csms: { url: this.#csmsUrl(name) },
      unknownChargers: 'accept',
      data: { folder },
      operator: { port: 0 },
      transfers: { enabled: false },
      messages: { enabled: messages },
      ...charging,
    };
    writeFileSync(file, stringify(settings));
    return file;
  }

  #writeSite(name: string, site: Readonly<Record<string, unknown>>): string {
    const folder = join(this.#folder, `${name}-sites`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'site.yaml'), stringify(site));
    return folder;
  }

  async stop(relay: Relay): Promise<void> {
    this.#relays.delete(relay);
    await this.load.ask('dismiss', { relay: relay.name });
    await relay.process.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#relays].map(({ process }) => process.stop()));
    await Promise.all([this.load.stop(), this.csms.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start<A extends RelayAsks = RelayAsks>(
    name: string,
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Relay<A>> {
    const process_ = await Child.start<A>(this.build.child(file), { args, env, execArgv: ['--expose-gc'] });
    const asRelay: Child<RelayAsks> = process_;
    const port = await asRelay.ask('port');
    this.#relays.add({ name, port, process: process_ });
    return { name, port, process: process_ };
  }

  #csmsUrl(name: string): string {
    return `ws://127.0.0.1:${this.#csmsPort}/${name}`;
  }
}

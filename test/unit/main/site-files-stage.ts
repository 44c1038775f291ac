import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PriceStep } from '../../../optimizer/site.ts';
import type { Signal } from '../../../src/charging/site/ports.ts';
import type { SiteSettings } from '../../../src/charging/site/settings.ts';
import type { Clock, Log } from '../../../src/gateway/ports.ts';
import { startSiteFiles } from '../../../src/main/site-files.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { MINIMAL, soundConfig, temporaryFolder } from '../config/written-config.ts';

export const DEPOT = `site: { id: depot }
tree: [{ id: main, maxCurrentA: 63 }]
connectors: [{ chargePoint: CP-1 }]
`;

/** A folder of sites, the optimizer's door as a double that keeps what it is told, and a log that keeps its lines. */
export class Stage {
  readonly folder = temporaryFolder();
  readonly configured: (readonly SiteSettings[])[] = [];
  readonly signals: { readonly site: string; readonly signal: Signal }[] = [];
  readonly lines: { readonly level: string; readonly event: string; readonly [field: string]: unknown }[] = [];
  readonly #awaited = new Set<() => void>();

  constructor() {
    mkdirSync(join(this.folder, 'sites'));
  }

  /** Writes a file below the folder. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Starts what is tested; it is closed when the test ends. */
  start(clock: Clock = new VirtualClock()): { close(): void } {
    const yaml = `${MINIMAL}unknownChargers: accept\ncharging: { sitesFolder: sites }\ntransfers: { enabled: false }\ndata: { folder: "${join(this.folder, 'data')}" }\n`;
    const config = soundConfig(yaml, {}, this.folder);
    const running = startSiteFiles({ config, sites: this.#door(), clock, log: this.#log() });
    onTestFinished(() => running.close());
    return running;
  }

  /** Resolves once `holds` does, looked at whenever something is told or logged. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#awaited.delete(look);
        resolve();
      };
      this.#awaited.add(look);
      look();
    });
  }

  /** Ids of the sites that were configured last. */
  ids(): readonly string[] | undefined {
    return this.configured.at(-1)?.map(({ site }) => site.id);
  }

  /** The prices that a site was told last. */
  prices(site = 'depot'): readonly number[] | undefined {
    return this.steps(site)?.map(({ perKwh }) => perKwh);
  }

  steps(site = 'depot'): readonly PriceStep[] | undefined {
    const last = this.signals.filter((told) => told.site === site).at(-1)?.signal;
    return last?.kind === 'prices' ? last.steps : undefined;
  }

  /** What was logged as a warning or worse, the folder left out. */
  complaints(): readonly string[] {
    return this.lines
      .filter(({ level }) => level === 'warn' || level === 'error')
      .map(({ event, mistake, warning, reason }) => `${event}: ${String(mistake ?? warning ?? reason)}`)
      .map((line) => line.replaceAll(`${this.folder}/`, ''));
  }

  #happened(): void {
    for (const look of this.#awaited) look();
  }

  #door() {
    return {
      configure: (settings: readonly SiteSettings[]) => {
        this.configured.push(settings);
        this.#happened();
      },
      signal: (site: string, signal: Signal) => {
        if (this.ids()?.includes(site) !== true) throw new Error(`no site is called ${site}`);
        this.signals.push({ site, signal });
        this.#happened();
      },
    };
  }

  #log(): Log {
    const line =
      (level: string) =>
      (event: string, fields: object = {}, cause?: unknown) => {
        this.lines.push({ level, event, ...fields, ...(cause === undefined ? {} : { cause }) });
        this.#happened();
      };
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }
}

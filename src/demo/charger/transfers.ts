import { createHash } from 'node:crypto';
import { numberOf, type Payload, textOf } from '../payload.ts';
import { slept } from '../waiting.ts';
import { bringFile, fetchFile } from './files.ts';

export type TransferSettings = {
  readonly identity: string;
  /** Tells the central system how a transfer goes. */
  readonly tell: (action: string, status: string) => Promise<void>;
  /** Boots with the firmware that is installed now. */
  readonly reboot: () => Promise<void>;
  readonly stop: AbortSignal;
};

/** What was done, for those who compare it with what was said. */
export type DoneTransfers = {
  /** SHA-256 of each image that was installed, oldest first. */
  readonly installed: readonly string[];
  /** Of each upload that was taken, by its name. */
  readonly uploaded: ReadonlyMap<string, string>;
};

/** How the images of these chargers begin; the version is behind it, up to the end of the line. */
export const imageMark = 'OLD-IRON-FIRMWARE ';

const usual = { retries: 2, retryIntervalS: 1 };

/** The firmware and the diagnostics of a charger: OCPP 1.6 §5.19 and §5.9. */
export class Transfers {
  version = '1.6.2';
  readonly #settings: TransferSettings;
  readonly #installed: string[] = [];
  readonly #uploaded = new Map<string, string>();
  #uploads = 0;

  constructor(settings: TransferSettings) {
    this.#settings = settings;
  }

  get done(): DoneTransfers {
    return { installed: this.#installed, uploaded: this.#uploaded };
  }

  /** Fetches, installs and boots, and tells each step; resolves when it is over. */
  async update(request: Payload): Promise<void> {
    const waitMs = Date.parse(textOf(request, 'retrieveDate') ?? '') - Date.now();
    if (waitMs > 0 && !(await slept(waitMs, this.#settings.stop))) return;
    const tell = (status: string) => this.#settings.tell('FirmwareStatusNotification', status);
    await tell('Downloading');
    const image = await this.#inAttempts(request, () => fetchFile(textOf(request, 'location') ?? ''));
    if (image === undefined) return await tell('DownloadFailed');
    await tell('Downloaded');
    await tell('Installing');
    const [head = ''] = image.toString('latin1', 0, 80).split('\n');
    if (!head.startsWith(imageMark)) return await tell('InstallationFailed');
    this.version = head.slice(imageMark.length);
    this.#installed.push(hashOf(image));
    await this.#settings.reboot();
    await tell('Installed');
  }

  /** The name of the file that `diagnose` brings next. */
  nextName(): string {
    return `${this.#settings.identity}-${this.#uploads + 1}.log`;
  }

  /** Brings a file with what this charger knows, and tells each step; resolves when it is over. */
  async diagnose(request: Payload): Promise<void> {
    const name = this.nextName();
    this.#uploads += 1;
    const content = Buffer.from(this.#journal());
    const tell = (status: string) => this.#settings.tell('DiagnosticsStatusNotification', status);
    await tell('Uploading');
    const folder = textOf(request, 'location') ?? '';
    const taken = await this.#inAttempts(request, async () => {
      await bringFile(folder, name, content);
      return true;
    });
    if (taken === undefined) return await tell('UploadFailed');
    this.#uploaded.set(name, hashOf(content));
    await tell('Uploaded');
  }

  /** Undefined when no attempt succeeded. */
  async #inAttempts<T>(request: Payload, work: () => Promise<T>): Promise<T | undefined> {
    const retries = numberOf(request, 'retries') ?? usual.retries;
    const intervalMs = (numberOf(request, 'retryInterval') ?? usual.retryIntervalS) * 1000;
    for (let attempt = 0; attempt <= retries && !this.#settings.stop.aborted; attempt += 1) {
      if (attempt > 0) await slept(intervalMs, this.#settings.stop);
      const result = await work().catch(() => undefined);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  #journal(): string {
    const lines = Array.from(
      { length: 2_000 },
      (_, index) => `${index} ${this.#settings.identity} door closed, fan on`,
    );
    return `firmware ${this.version}\n${lines.join('\n')}\n`;
  }
}

export function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

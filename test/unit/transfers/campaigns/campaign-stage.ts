import { createHash, randomBytes } from 'node:crypto';
import { onCron } from '../../../../src/main/cron.ts';
import { Campaigns } from '../../../../src/transfers/campaigns/campaigns.ts';
import type { CampaignOrder, CampaignStore, CampaignView } from '../../../../src/transfers/campaigns/ports.ts';
import type { Spool } from '../../../../src/transfers/ports.ts';
import type { FileSpool } from '../../../../src/transfers/spool/spool.ts';
import { answered, bootPayload } from '../../../support/gateway-harness.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { fetchAsCharger, openTransferStage, type TransferStage } from '../../../support/transfer-stage.ts';
import { WebStage } from '../../../support/web-server.ts';
import { anOrder, minuteMs } from './campaign-facts.ts';

const web = new WebStage();
const ends: (() => Promise<unknown>)[] = [];

/** Ends all stages of a test. */
export async function endStages(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end();
  await web.end();
}

const image = randomBytes(50_000);
const sha256 = createHash('sha256').update(image).digest('hex');

/** A campaign of two chargers, CP1 and CP2, on the real jobs, doors and store, in virtual time. */
export class Stage {
  fetches = 0;
  order: CampaignOrder;
  /** Who keeps the image in the spool, beside its jobs. */
  readonly holders = new Set<string>();
  /** Saving fails so many times. */
  failures = 0;
  #stage: TransferStage | undefined;
  #campaigns: Campaigns | undefined;
  #endTicks: () => void = () => undefined;

  constructor(wish: Partial<CampaignOrder>) {
    this.order = anOrder({ waves: [{ kind: 'count', chargers: 1 }], ...wish });
  }

  static async open(wish: Partial<CampaignOrder> = {}): Promise<Stage> {
    const opened = new Stage(wish);
    await opened.#open(wish.image?.sha256 ?? sha256);
    return opened;
  }

  get stage(): TransferStage {
    return present(this.#stage);
  }

  get campaigns(): Campaigns {
    return present(this.#campaigns);
  }

  async #open(hash: string): Promise<void> {
    const location = `${await web.serve((_request, response) => {
      this.fetches += 1;
      response.writeHead(200, { 'Content-Length': image.length }).end(image);
    })}/wall-2.bin`;
    this.order = { ...this.order, image: { location, sha256: hash } };
    this.#stage = await openTransferStage({
      opening: async ({ desk, spool, harness }) => {
        this.#endTicks();
        await this.#campaigns?.stop();
        const parts = { updates: desk.updates, spool: this.#spool(spool), clock: harness.clock, log: quietLog() };
        const orderOf = (name: string) =>
          name === this.order.name
            ? ({ kind: 'done', value: this.order } as const)
            : ({ kind: 'unknown', reason: 'no such file' } as const);
        this.#campaigns = new Campaigns({ ...parts, store: this.#store(harness.store()), orderOf });
        await this.campaigns.load();
        desk.watchedBy(this.campaigns);
        this.#endTicks = onCron('* * * * *', harness.clock, () => this.campaigns.tick());
        this.campaigns.tick();
      },
    });
    ends.push(async () => {
      this.#endTicks();
      await this.campaigns.stop();
      await this.stage.end();
    });
    this.stage.harness.chargers.answer = () => answered({});
    await this.boots('CP2', '1.0');
  }

  #spool(spool: FileSpool): Pick<Spool, 'hold' | 'release'> {
    return {
      hold: (hash, holder) => {
        this.holders.add(holder);
        return spool.hold(hash, holder);
      },
      release: (hash, holder) => {
        this.holders.delete(holder);
        spool.release(hash, holder);
      },
    };
  }

  #store(store: CampaignStore): CampaignStore {
    return {
      campaigns: () => store.campaigns(),
      saveCampaign: (campaign, changed) => {
        const isBeginning = changed.some(({ phase }) => phase.kind === 'updating');
        if (!isBeginning || this.failures === 0) return store.saveCampaign(campaign, changed);
        this.failures -= 1;
        return Promise.reject(new Error('the disk is full'));
      },
    };
  }

  tells(identity: string, action: string, payload: Readonly<Record<string, unknown>>) {
    const claim = { identity, peerAddress: '127.0.0.1', callbacks: ['http://127.0.0.1:8081/ocpp'] };
    return this.stage.harness.asks(action, payload, claim);
  }

  boots = (identity: string, firmwareVersion: string) =>
    this.tells(identity, 'BootNotification', { ...bootPayload, firmwareVersion });
  says = (identity: string, status: string) => this.tells(identity, 'FirmwareStatusNotification', { status });

  /** URLs that a charger was told. */
  offers(identity: string): readonly unknown[] {
    return this.stage.harness.chargers.asked
      .filter(({ target, action }) => target.identity === identity && action === 'UpdateFirmware')
      .map(({ payload }) => payload['location']);
  }

  offered = (identity: string) => this.stage.until(() => this.offers(identity).length > 0);

  async downloads(identity: string): Promise<void> {
    await this.offered(identity);
    await fetchAsCharger(this.offers(identity)[0]);
  }

  async updates(identity: string): Promise<void> {
    await this.downloads(identity);
    await this.installs(identity);
  }

  async installs(identity: string): Promise<void> {
    for (const status of ['Downloading', 'Downloaded', 'Installing', 'Installed']) await this.says(identity, status);
    await this.boots(identity, '2.0');
  }

  async view(): Promise<CampaignView> {
    const reply = await this.campaigns.status(this.order.name);
    if (reply.kind !== 'done') throw new Error(reply.reason);
    return reply.value;
  }

  async states(): Promise<string> {
    const { state, members } = await this.view();
    return [state, ...members.map((member) => member.state)].join(' ');
  }

  becomes = (states: string) => this.stage.until(async () => (await this.states()) === states);

  /** Minutes pass, in which the chargers are heard. */
  async passes(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      await this.stage.harness.clock.advance(minuteMs);
      if (minute % 5 === 0) for (const identity of ['CP1', 'CP2']) await this.tells(identity, 'Heartbeat', {});
    }
  }

  heard = (identity: string) =>
    this.stage.harness.csms.heard
      .filter(({ station, action }) => station === identity && action === 'FirmwareStatusNotification')
      .map(({ payload }) => payload['status']);
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is not open');
  return part;
}

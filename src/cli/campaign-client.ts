import type { CampaignPlan, CampaignReply, CampaignsDesk, CampaignView } from '../transfers/campaigns/ports.ts';
import { askGateway, isRecord, type Reply } from './gateway-client.ts';
import { Refusal } from './refusal.ts';

/** The firmware campaigns of a running gateway, over the Unix socket in its data folder. What it cannot do becomes a Refusal. */
export function campaignsOver(socketPath: string): CampaignsDesk {
  const ask = async (method: 'GET' | 'POST', name: string, verb?: string): Promise<Reply> => {
    const path = `/api/campaigns/${encodeURIComponent(name)}`;
    return askGateway(socketPath, method, verb === undefined ? path : `${path}/${verb}`);
  };
  const wish = async (name: string, verb: string) => replyOf(await ask('POST', name, verb), 'campaign', isView);
  return {
    campaigns: async () => {
      const { status, body } = await askGateway(socketPath, 'GET', '/api/campaigns');
      if (status === 404) throw new Refusal(reasonIn(body));
      const list: unknown = isRecord(body) ? body['campaigns'] : undefined;
      if (Array.isArray(list) && list.every(isView)) return list;
      throw otherRelease();
    },
    status: async (name) => replyOf(await ask('GET', name), 'campaign', isView),
    plan: async (name) => replyOf(await ask('GET', name, 'plan'), 'plan', isPlan),
    start: (name) => wish(name, 'start'),
    pause: (name) => wish(name, 'pause'),
    resume: (name) => wish(name, 'resume'),
    abort: (name) => wish(name, 'abort'),
  };
}

function replyOf<T>(
  { status, body }: Reply,
  key: 'campaign' | 'plan',
  fits: (entry: unknown) => entry is T,
): CampaignReply<T> {
  if (status === 404) return { kind: 'unknown', reason: reasonIn(body) };
  if (status === 409) return { kind: 'refused', reason: reasonIn(body) };
  const value = isRecord(body) ? body[key] : undefined;
  if (fits(value)) return { kind: 'done', value };
  throw otherRelease();
}

const reasonIn = (body: unknown): string => String(isRecord(body) ? body['error'] : body);

// The gateway is of this build, or nearly: what names an entry is checked, the rest is taken as it comes.
const isView = (entry: unknown): entry is CampaignView => isCampaign(entry) && Array.isArray(entry['waves']);
const isPlan = (entry: unknown): entry is CampaignPlan => isCampaign(entry) && Array.isArray(entry['leftOut']);
const isCampaign = (entry: unknown): entry is Readonly<Record<string, unknown>> =>
  isRecord(entry) && typeof entry['name'] === 'string' && Array.isArray(entry['members']);

const otherRelease = () => new Refusal('the gateway answers in another form: it is of another release');

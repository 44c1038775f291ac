import type { CampaignReply, CampaignsDesk, CampaignView } from '../transfers/campaigns/ports.ts';
import { type Answer, failure, json, type Route, route } from './routes.ts';
import { campaignAnswer, campaignList, campaignPlan } from './views/campaigns.ts';
import type { Failure } from './views/failure.ts';

/** Firmware campaigns; undefined: there are none. */
export function campaignRoutes(desk: CampaignsDesk | undefined): readonly Route[] {
  const ask = async <T>(work: (present: CampaignsDesk) => Promise<Answer<T>>): Promise<Answer<T | Failure>> =>
    desk === undefined ? failure(404, none) : work(desk);
  const wish = (verb: 'start' | 'pause' | 'resume' | 'abort'): Route =>
    route({
      method: 'POST',
      path: ['api', 'campaigns', ':name', verb],
      scope: 'operate',
      summary: wishes[verb],
      gives: campaignAnswer,
      answer: ([name = '']) => ask(async (present) => answerOf(await present[verb](name), campaignOf)),
    });
  return [
    route({
      method: 'GET',
      path: ['api', 'campaigns'],
      scope: 'read',
      summary: 'Firmware campaigns',
      gives: campaignList,
      answer: async () => json({ campaigns: (await desk?.campaigns()) ?? [] }),
    }),
    route({
      method: 'GET',
      path: ['api', 'campaigns', ':name'],
      scope: 'read',
      summary: 'A campaign, charger by charger',
      gives: campaignAnswer,
      answer: ([name = '']) => ask(async (present) => answerOf(await present.status(name), campaignOf)),
    }),
    route({
      method: 'GET',
      path: ['api', 'campaigns', ':name', 'plan'],
      scope: 'read',
      summary: 'Says what start would do, and does nothing',
      gives: campaignPlan,
      answer: ([name = '']) => ask(async (present) => answerOf(await present.plan(name), (plan) => ({ plan }))),
    }),
    wish('start'),
    wish('pause'),
    wish('resume'),
    wish('abort'),
  ];
}

const wishes = {
  start: 'Starts a campaign',
  pause: 'Begins no more updates until it is resumed',
  resume: 'Goes on with a campaign that is paused',
  abort: 'Ends a campaign; updates that chargers have heard of go on',
} as const;

const none = 'this gateway has no campaigns: transfers.campaignsFolder is not set, or transfers.enabled is false';

const campaignOf = (campaign: CampaignView) => ({ campaign });

function answerOf<T, Shown>(reply: CampaignReply<T>, show: (value: T) => Shown): Answer<Shown | Failure> {
  switch (reply.kind) {
    case 'done':
      return json(show(reply.value));
    case 'unknown':
      return failure(404, reply.reason);
    case 'refused':
      return failure(409, reply.reason);
  }
}

import type { CampaignReply, CampaignsDesk } from '../transfers/campaigns/ports.ts';
import { type Answer, failure, json, type Route } from './routes.ts';

/** Firmware campaigns, over the socket in the data folder; undefined: there are none. */
export function campaignRoutes(desk: CampaignsDesk | undefined): readonly Route[] {
  const ask = async (work: (present: CampaignsDesk) => Promise<Answer>): Promise<Answer> =>
    desk === undefined ? failure(404, none) : work(desk);
  const wish = (verb: 'start' | 'pause' | 'resume' | 'abort'): Route => ({
    method: 'POST',
    path: ['api', 'campaigns', ':name', verb],
    scope: 'operate',
    summary: wishes[verb],
    answer: ([name = '']) => ask(async (present) => answerOf('campaign', await present[verb](name))),
  });
  return [
    {
      method: 'GET',
      path: ['api', 'campaigns'],
      scope: 'read',
      summary: 'Firmware campaigns',
      answer: () => ask(async (present) => json({ campaigns: await present.campaigns() })),
    },
    {
      method: 'GET',
      path: ['api', 'campaigns', ':name'],
      scope: 'read',
      summary: 'A campaign, charger by charger',
      answer: ([name = '']) => ask(async (present) => answerOf('campaign', await present.status(name))),
    },
    {
      method: 'GET',
      path: ['api', 'campaigns', ':name', 'plan'],
      scope: 'read',
      summary: 'Says what start would do, and does nothing',
      answer: ([name = '']) => ask(async (present) => answerOf('plan', await present.plan(name))),
    },
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

function answerOf<T>(key: 'campaign' | 'plan', reply: CampaignReply<T>): Answer {
  switch (reply.kind) {
    case 'done':
      return json({ [key]: reply.value });
    case 'unknown':
      return failure(404, reply.reason);
    case 'refused':
      return failure(409, reply.reason);
  }
}

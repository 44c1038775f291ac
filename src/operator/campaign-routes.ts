import type { CampaignReply, CampaignsDesk } from '../transfers/campaigns/ports.ts';
import { type Answer, failure, json, type Route } from './routes.ts';

/** Firmware campaigns, over the socket in the data folder. */
export function campaignRoutes(desk: CampaignsDesk): readonly Route[] {
  const wish = (verb: 'start' | 'pause' | 'resume' | 'abort'): Route => ({
    method: 'POST',
    path: ['api', 'campaigns', ':name', verb],
    answer: async ([name = '']) => answerOf('campaign', await desk[verb](name)),
  });
  return [
    { method: 'GET', path: ['api', 'campaigns'], answer: async () => json({ campaigns: await desk.campaigns() }) },
    {
      method: 'GET',
      path: ['api', 'campaigns', ':name'],
      answer: async ([name = '']) => answerOf('campaign', await desk.status(name)),
    },
    {
      method: 'GET',
      path: ['api', 'campaigns', ':name', 'plan'],
      answer: async ([name = '']) => answerOf('plan', await desk.plan(name)),
    },
    wish('start'),
    wish('pause'),
    wish('resume'),
    wish('abort'),
  ];
}

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

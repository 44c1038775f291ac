import { readChange } from '../charging/site/forms.ts';
import type { SitesDoor, Trial } from '../charging/site/ports.ts';
import { OcppError } from '../ocpp/errors.ts';
import { type Answer, failure, json, type Route } from './routes.ts';
import { siteChange, siteTrial } from './views/site-trial.ts';

/** What a site would do if something were otherwise. */
export function trialRoutes(sites: Pick<SitesDoor, 'status' | 'tryOut'>): readonly Route[] {
  return [
    {
      method: 'POST',
      path: ['api', 'sites', ':site', 'what-if'],
      scope: 'operate',
      summary: 'Plans a site as it is and as it would be with other limits, wishes or prices; applies nothing',
      takes: siteChange,
      gives: siteTrial,
      answer: async ([site = ''], _, body) => {
        if (sites.status(site) === undefined) return failure(404, `there is no site "${site}"`);
        return tried(sites, site, await body());
      },
    },
  ];
}

async function tried(sites: Pick<SitesDoor, 'tryOut'>, site: string, body: unknown): Promise<Answer> {
  try {
    return answerOf(site, await sites.tryOut(site, readChange(body)));
  } catch (thrown) {
    if (thrown instanceof OcppError) return failure(400, thrown.message);
    throw thrown;
  }
}

function answerOf(site: string, trial: Trial): Answer {
  switch (trial.kind) {
    case 'planned':
      return json({ present: trial.present, changed: trial.changed });
    case 'busy':
      return failure(429, 'another plan is being tried out: ask again in some seconds');
    case 'unplanned':
      return failure(409, `site "${site}" was not planned since the gateway started: ask again in some seconds`);
  }
}

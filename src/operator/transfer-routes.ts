import type { TransfersDesk, TransferWish } from '../transfers/jobs/ports.ts';
import { type Answer, failure, json, parseSeq, type Route } from './routes.ts';

/** Firmware and diagnostics, over the socket in the data folder. */
export function transferRoutes(desk: TransfersDesk): readonly Route[] {
  const wish = (verb: 'retry' | 'cancel'): Route => ({
    method: 'POST',
    path: ['api', 'transfers', ':id', verb],
    scope: 'operate',
    summary: verb === 'retry' ? 'Begins a job that failed anew' : 'Ends an open job',
    answer: ([text = '']) => withId(text, async (id) => answerWish(await desk[verb](id))),
  });
  return [
    {
      method: 'GET',
      path: ['api', 'transfers'],
      scope: 'read',
      summary: 'Firmware and diagnostics jobs, newest first',
      answer: (_, query) => list(desk, query),
    },
    {
      method: 'GET',
      path: ['api', 'transfers', ':id'],
      scope: 'read',
      summary: 'A job with its transcript',
      answer: ([text = '']) => withId(text, async (id) => found(id, await desk.transfer(id))),
    },
    {
      method: 'GET',
      path: ['api', 'transfers', ':id', 'file'],
      scope: 'operate',
      summary: 'Where the file of a diagnostics job lies',
      answer: ([text = '']) =>
        withId(text, async (id) => {
          const path = await desk.fileOf(id);
          return found(id, path === undefined ? undefined : { path });
        }),
    },
    wish('retry'),
    wish('cancel'),
    {
      method: 'POST',
      path: ['api', 'chargers', ':identity', 'diagnostics'],
      scope: 'operate',
      summary: 'Asks a charger for its diagnostics, for the operator alone',
      answer: async ([identity = '']) => answerWish(await desk.askDiagnostics(identity)),
    },
  ];
}

async function list(desk: TransfersDesk, query: URLSearchParams): Promise<Answer> {
  const station = query.get('station');
  const open = query.get('open');
  if (open !== null && open !== 'true' && open !== 'false') return failure(400, 'open is true or false');
  const filter = {
    ...(station === null ? {} : { station }),
    ...(open === null ? {} : { open: open === 'true' }),
  };
  return json({ transfers: await desk.transfers(filter) });
}

async function withId(text: string, answer: (id: number) => Promise<Answer>): Promise<Answer> {
  const id = parseSeq(text);
  return id === undefined ? failure(400, `${text} is not a number of a transfer`) : answer(id);
}

function found(id: number, value: unknown): Answer {
  return value === undefined ? failure(404, `there is no such thing of transfer ${id}`) : json(value);
}

function answerWish(wish: TransferWish): Answer {
  switch (wish.kind) {
    case 'done':
      return json({ transfer: wish.transfer });
    case 'unknown':
      return failure(404, `there is no ${wish.what}`);
    case 'refused':
      return failure(409, wish.reason);
  }
}

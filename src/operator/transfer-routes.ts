import type { TransfersDesk, TransferWish } from '../transfers/jobs/ports.ts';
import { type Answer, failure, json, parseSeq, type Route, route } from './routes.ts';
import type { Failure } from './views/failure.ts';
import { choice, type Shown, text } from './views/shape.ts';
import { transferAnswer, transferDetails, transferFile, transferList } from './views/transfers.ts';

/** Firmware and diagnostics. */
export function transferRoutes(desk: TransfersDesk): readonly Route[] {
  const wish = (verb: 'retry' | 'cancel'): Route =>
    route({
      method: 'POST',
      path: ['api', 'transfers', ':id', verb],
      scope: 'operate',
      summary: verb === 'retry' ? 'Begins a job that failed anew' : 'Ends an open job',
      gives: transferAnswer,
      answer: ([said = '']) => withId(said, async (id) => answerWish(await desk[verb](id))),
    });
  return [
    route({
      method: 'GET',
      path: ['api', 'transfers'],
      scope: 'read',
      summary: 'Firmware and diagnostics jobs, newest first',
      query: {
        station: text('Of this charger only.'),
        open: choice(['true', 'false'], 'Only open ones, or ended ones.'),
      },
      gives: transferList,
      answer: (_, query) => list(desk, query),
    }),
    route({
      method: 'GET',
      path: ['api', 'transfers', ':id'],
      scope: 'read',
      summary: 'A job with its transcript',
      gives: transferDetails,
      answer: ([said = '']) => withId(said, async (id) => found(id, await desk.transfer(id))),
    }),
    route({
      method: 'GET',
      path: ['api', 'transfers', ':id', 'file'],
      scope: 'operate',
      summary: 'Where the file of a diagnostics job lies',
      gives: transferFile,
      answer: ([said = '']) =>
        withId(said, async (id) => {
          const path = await desk.fileOf(id);
          return found(id, path === undefined ? undefined : { path });
        }),
    }),
    wish('retry'),
    wish('cancel'),
    route({
      method: 'POST',
      path: ['api', 'chargers', ':identity', 'diagnostics'],
      scope: 'operate',
      summary: 'Asks a charger for its diagnostics, for the operator alone',
      gives: transferAnswer,
      answer: async ([identity = '']) => answerWish(await desk.askDiagnostics(identity)),
    }),
  ];
}

async function list(
  desk: TransfersDesk,
  query: URLSearchParams,
): Promise<Answer<Shown<typeof transferList> | Failure>> {
  const station = query.get('station');
  const open = query.get('open');
  if (open !== null && open !== 'true' && open !== 'false') return failure(400, 'open is true or false');
  const filter = {
    ...(station === null ? {} : { station }),
    ...(open === null ? {} : { open: open === 'true' }),
  };
  return json({ transfers: await desk.transfers(filter) });
}

async function withId<T>(
  said: string,
  answer: (id: number) => Promise<Answer<T | Failure>>,
): Promise<Answer<T | Failure>> {
  const id = parseSeq(said);
  return id === undefined ? failure(400, `${said} is not a number of a transfer`) : answer(id);
}

function found<T>(id: number, value: T | undefined): Answer<T | Failure> {
  return value === undefined ? failure(404, `there is no such thing of transfer ${id}`) : json(value);
}

function answerWish(wish: TransferWish): Answer<Shown<typeof transferAnswer> | Failure> {
  switch (wish.kind) {
    case 'done':
      return json({ transfer: wish.transfer });
    case 'unknown':
      return failure(404, `there is no ${wish.what}`);
    case 'refused':
      return failure(409, wish.reason);
  }
}

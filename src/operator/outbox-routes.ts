import type { Moved, Operations } from './operations.ts';
import { type Answer, failure, json, parseSeq, type Route, route } from './routes.ts';
import type { Failure } from './views/failure.ts';
import { outboxList, outboxMoved } from './views/outbox.ts';
import { choice, type Shown, text } from './views/shape.ts';

/** Messages for the CSMS, and what becomes of those that it refused. */
export function outboxRoutes(operations: Operations): readonly Route[] {
  const dead = (told: Pick<Route, 'scope' | 'summary'>, verb: 'retry' | 'drop'): Route =>
    route({
      ...told,
      method: 'POST',
      path: ['api', 'outbox', ':seq', verb],
      gives: outboxMoved,
      answer: async ([said = '']) => {
        const seq = parseSeq(said);
        if (seq === undefined) return failure(400, `${said} is not a sequence number`);
        return answerMoved(seq, await operations[verb](seq));
      },
    });
  return [
    route({
      method: 'GET',
      path: ['api', 'outbox'],
      scope: 'read',
      summary: 'Messages that wait for the CSMS, and dead letters',
      query: { station: text('Of this charger only.'), dead: choice(['true', 'false'], 'Only dead letters, or none.') },
      gives: outboxList,
      answer: async (_, query) => listOutbox(operations, query),
    }),
    dead({ scope: 'operate', summary: 'Puts a dead letter and its group back' }, 'retry'),
    dead({ scope: 'admin', summary: 'Removes a dead letter and its group for good' }, 'drop'),
  ];
}

function answerMoved(seq: number, moved: Moved): Answer<Shown<typeof outboxMoved> | Failure> {
  switch (moved.kind) {
    case 'moved':
      return json({ outbox: moved.items });
    case 'unknown':
      return failure(404, `no dead letter has the number ${seq}`);
    case 'stuck':
      return failure(409, `${seq} cannot go back: the StartTransaction that it belongs to was dropped`);
  }
}

async function listOutbox(
  operations: Operations,
  query: URLSearchParams,
): Promise<Answer<Shown<typeof outboxList> | Failure>> {
  const station = query.get('station');
  const dead = query.get('dead');
  if (dead !== null && dead !== 'true' && dead !== 'false') return failure(400, 'dead is true or false');
  const outbox = await operations.outbox({
    ...(station === null ? {} : { station }),
    ...(dead === null ? {} : { dead: dead === 'true' }),
  });
  return json({ outbox });
}

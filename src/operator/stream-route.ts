import { type Broadcast, mostListeners } from './broadcast.ts';
import { type Answer, failure, type Route } from './routes.ts';
import { type TopicName, topicNames } from './topics.ts';
import { text } from './views/shape.ts';

const media = 'text/event-stream';

/** What changes, as it changes. */
export function streamRoute(broadcast: Broadcast): Route {
  return {
    method: 'GET',
    path: ['api', 'stream'],
    scope: 'read',
    summary: 'What changes, as Server-Sent Events: the event is the topic, its data one line of JSON',
    query: { topics: text(`Of ${topicNames.join(', ')}, with commas between; absent: all of them.`) },
    media,
    answer: async (_, query) => {
      const asked = query.get('topics')?.split(',') ?? topicNames;
      const names = topicNames.filter((name) => asked.includes(name));
      const unknown = asked.find((name) => !names.some((known) => known === name));
      if (unknown !== undefined)
        return failure(400, `there is no topic "${unknown}"; there are ${topicNames.join(', ')}`);
      return broadcast.isFull ? full : streamOf(broadcast, names);
    },
  };
}

const full: Answer = {
  ...failure(503, `there are ${mostListeners} streams already, or the gateway is shutting down`),
  headers: { 'retry-after': '5' },
};

function streamOf(broadcast: Broadcast, names: readonly TopicName[]): Answer {
  return {
    status: 200,
    body: { kind: 'stream', type: media, begin: (response) => broadcast.begin(response, names) },
    // A proxy that collects would make events of one second come in lumps.
    headers: { connection: 'close', 'x-accel-buffering': 'no' },
  };
}

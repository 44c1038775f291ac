import { request, type ClientRequest } from 'node:http';
import { serve } from '../control/serve.ts';

/* Consoles of operators: each loads the list of chargers, and then follows everything that the stream tells. */

const topics = 'overview,chargers,sites,messages';

/** What can be asked of the consoles. */
export type ConsolesAsks = {
  /** Opens so many; resolves when each has heard of all chargers. */
  readonly open: (wish: { readonly operatorUrl: string; readonly consoles: number }) => Promise<void>;
  /** Bytes that all of them have got since they were opened; closes them. */
  readonly close: () => number;
};

const streams: ClientRequest[] = [];
let bytes = 0;

/** Resolves at the first event about chargers. */
function follow(operatorUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = request(`${operatorUrl}/api/stream?topics=${topics}`, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the stream answered ${String(response.statusCode)}`));
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        bytes += text.length;
        if (text.includes('event: chargers')) resolve();
      });
      response.on('error', () => undefined);
    });
    stream.on('error', reject);
    stream.end();
    streams.push(stream);
  });
}

const asks: ConsolesAsks = {
  open: async ({ operatorUrl, consoles }) => {
    bytes = 0;
    await Promise.all(
      Array.from({ length: consoles }, async () => {
        const chargers = await fetch(`${operatorUrl}/api/chargers`);
        await chargers.arrayBuffer();
        await follow(operatorUrl);
      }),
    );
  },
  close: () => {
    for (const stream of streams.splice(0)) stream.destroy();
    return bytes;
  },
};

serve(asks);

import type { Log } from '../gateway/ports.ts';
import { TelemetryFile } from './file.ts';
import type { TelemetryDoor } from './ports.ts';

/** The messages of a data folder that no gateway works on. */
export function messagesAtRest(
  folder: string,
  log: Log,
): Pick<TelemetryDoor, 'messages' | 'texts'> & { readonly close: () => void } {
  const file = new TelemetryFile(folder, log);
  return {
    messages: async (filter) => file.use(({ messages }) => messages.page(filter)),
    texts: async (filter) => file.use(({ messages }) => messages.texts(filter)),
    close: () => file.close(),
  };
}

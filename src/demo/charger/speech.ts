import type { Generation } from './generation.ts';
import type { Line, LineSettings, OpenLine } from './line.ts';

/** Version and carrier, as people call it: SOAP or JSON. */
export type Sort = '1.6-S' | '1.6-J' | '1.5-S' | '1.2-S';

/** How a charger speaks with its central system. */
export type Speech = {
  readonly sort: Sort;
  readonly generation: Generation;
  /** Speaks and hears as in 1.6; on the wire are the words of the generation. */
  readonly openLine: OpenLine;
};

/** The words of a generation on a line that carries them. */
export function speechOf(sort: Sort, generation: Generation, openLine: OpenLine): Speech {
  return { sort, generation, openLine: (settings) => openIn(generation, openLine, settings) };
}

async function openIn(generation: Generation, openLine: OpenLine, settings: LineSettings): Promise<Line> {
  const line = await openLine({
    ...settings,
    onCommand: async (action, payload) => generation.answer(action, await settings.onCommand(action, payload)),
  });
  return {
    call: async (action, payload) => {
      const said = generation.say(action, payload);
      if (said === undefined) return { kind: 'answered', payload: {} };
      const spoken = await line.call(action, said);
      return spoken.kind === 'answered' ? { ...spoken, payload: generation.hear(action, spoken.payload) } : spoken;
    },
    close: () => line.close(),
  };
}

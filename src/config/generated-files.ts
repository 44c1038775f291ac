import { fileURLToPath } from 'node:url';
import type { JsonSchema } from './field.ts';
import { referencePage } from './reference.ts';
import { settingsSchema } from './schema.ts';

/** What is derived from the config's schema: the JSON Schema for editors and the reference page. */
export function generatedFiles(): readonly { readonly path: string; readonly source: string }[] {
  return [
    { path: pathOf('../../config/schema/gateway.schema.json'), source: editorSchema() },
    { path: pathOf('../../docs/configuration.md'), source: referencePage(settingsSchema) },
  ];
}

function editorSchema(): string {
  const { description, ...schema } = asWritten(settingsSchema);
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'gateway.yaml', description };
  // Lists of texts stand on one line, as the formatter has them.
  const source = JSON.stringify({ ...head, ...schema }, null, 2).replaceAll(
    /\[\n\s+("[^[\]{}]*")\n\s+\]/g,
    (_all, items: string) => `[${items.replaceAll(/,\n\s+/g, ', ')}]`,
  );
  return `${source}\n`;
}

/** The schema of the file before loading spells it out: sections may be empty, one value may stand for a list of one. */
function asWritten(schema: JsonSchema): Readonly<Record<string, unknown>> {
  const { type, items, uniqueItems, properties, additionalProperties: each, ...rest } = schema;
  if (items !== undefined) return { ...rest, anyOf: [{ type, items, uniqueItems }, items] };
  if (type !== 'object') return { ...rest, type };
  const inside = Object.entries(properties ?? {}).map(([key, below]) => [key, asWritten(below)]);
  return {
    ...rest,
    type: ['object', 'null'],
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inside) }),
    additionalProperties: each === undefined || each === false ? false : asWritten(each),
  };
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

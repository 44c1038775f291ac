import { fileURLToPath } from 'node:url';
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
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'gateway.yaml', ...settingsSchema };
  // Lists of texts stand on one line, as the formatter has them.
  const source = JSON.stringify(schema, null, 2).replaceAll(/\[\n\s+("[^[\]{}]*")\n\s+\]/g, (_all, items: string) => {
    return `[${items.replaceAll(/,\n\s+/g, ', ')}]`;
  });
  return `${source}\n`;
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

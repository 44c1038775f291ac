import { fileURLToPath } from 'node:url';
import type { JsonSchema } from './field.ts';
import { campaignFilePage, modelFilePage, referencePage, siteFilePage } from './reference.ts';
import { settingsSchema } from './schema.ts';
import { campaignFileSchema } from './sections/campaign.ts';
import { modelFileSchema } from './sections/models.ts';
import { siteFileSchema } from './sections/site.ts';

/** What is derived from the schemas of our files: JSON Schemas for editors and reference pages. */
export function generatedFiles(): readonly { readonly path: string; readonly source: string }[] {
  return [
    { path: pathOf('../../config/schema/gateway.schema.json'), source: editorSchema(settingsSchema, 'gateway.yaml') },
    { path: pathOf('../../config/schema/model.schema.json'), source: editorSchema(modelFileSchema, 'model file') },
    { path: pathOf('../../config/schema/site.schema.json'), source: editorSchema(siteFileSchema, 'site file') },
    {
      path: pathOf('../../config/schema/campaign.schema.json'),
      source: editorSchema(campaignFileSchema, 'campaign file'),
    },
    { path: pathOf('../../docs/configuration.md'), source: referencePage(settingsSchema) },
    { path: pathOf('../../docs/model-files.md'), source: modelFilePage(modelFileSchema) },
    { path: pathOf('../../docs/site-files.md'), source: siteFilePage(siteFileSchema) },
    { path: pathOf('../../docs/campaign-files.md'), source: campaignFilePage(campaignFileSchema) },
  ];
}

function editorSchema(root: JsonSchema, title: string): string {
  const { description, ...schema } = asWritten(root);
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', title, description };
  // Lists of texts and numbers, and a list of one such list, stand on one line, as the formatter has them.
  const text = /(?:"(?:[^"\\]|\\.)*"|-?[\d.]+)/.source;
  const texts = new RegExp(`\\[\\n\\s+(${text}(?:,\\n\\s+${text})*)\\n\\s+\\]`, 'g');
  const source = JSON.stringify({ ...head, ...schema }, null, 2)
    .replaceAll(texts, (_all, items: string) => `[${items.replaceAll(/,\n\s+/g, ', ')}]`)
    .replaceAll(/\[\n\s+(\[.*\])\n\s+\]/g, '[$1]');
  return `${source}\n`;
}

/** The schema of the file before loading spells it out: sections may be empty, one value may stand for a list of one. */
function asWritten(schema: JsonSchema): Readonly<Record<string, unknown>> {
  const {
    type,
    items,
    uniqueItems,
    minItems,
    maxItems,
    properties,
    additionalProperties: each,
    word,
    ...rest
  } = schema;
  if (items !== undefined) {
    const one = items.type === 'object' ? asWritten(items) : items;
    return { ...rest, anyOf: [{ type, items: one, uniqueItems, minItems, maxItems }, one] };
  }
  if (word !== undefined) {
    const { description, ...number } = rest;
    return { description, anyOf: [{ ...number, type }, { const: word }] };
  }
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

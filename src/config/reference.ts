import { type Effect, effectOf, type JsonSchema } from './field.ts';
import { textFormats } from './formats.ts';

const INTRODUCTION = `# Configuration

Every key of \`config/gateway.yaml\`. This page is generated from the schema (\`npm run generate\`); editors that know
YAML Language Server read the same words from \`config/schema/gateway.schema.json\`.

- The file is YAML 1.2. An unknown or duplicate key is an error; \`ocpp-edge check\` shows all mistakes at once, each as
  \`file:line:column path: message\`.
- A number's unit stands last in its name: \`Ms\` milliseconds, \`S\` seconds, \`PerS\` per second, \`Bytes\`, \`Days\`,
  \`A\` amperes, \`V\` volts.
- One value may stand where a list of one is meant. A key with nothing behind it counts as not written.
- The environment may set every single value, over the file: \`OCPP_EDGE__CSMS__URL\` is \`csms.url\`,
  \`OCPP_EDGE__SOAP__MAX_BODY_BYTES\` is \`soap.maxBodyBytes\`. Groups and chargers are reached by their name, if the file
  has them. Lists and sections cannot be set so.
- \`–\` as default: there is none; in a group or charger, what the wider section says.
- Secrets are references, never values: \`env:NAME\` is an environment variable, \`file:PATH\` a file whose last line end is
  not part of the secret.
- Paths of files are relative to the folder of the config file; \`data.folder\` is relative to the working directory.
- \`change\` tells when a change of the key holds in a gateway that runs: \`live\` at once, \`reconnect\` when the links to the
  CSMS that it concerns were opened anew, which happens by itself, \`restart\` from the next start. A file, secret or
  certificate that a key names counts as part of it. A section that comes or goes holds as late as the latest of its keys.
- What holds for one charger is its own entry over that of its group over \`chargerDefaults\` (and \`csms\`); a list
  replaces the wider list. A narrower \`csms.url\` leaves the wider credentials behind.
`;

const MODEL_FILES = `# Model files

Every key of the files in \`config/models\`: how chargers without smart charging are held to a limit
([driving-chargers.md](driving-chargers.md) tells what becomes of it). This page is generated from the schema
(\`npm run generate\`); editors read the same words from \`config/schema/model.schema.json\`.

- An unknown or duplicate key is an error, told with file, line and column by \`ocpp-edge check\`.
- \`–\` as default: there is none.
- One value may stand where a list of one is meant.
- A model has \`changeConfiguration\` or \`dataTransfer\`, \`remoteStopStart\`, or one of the former and the latter.
`;

const SITE_FILES = `# Site files

Every key of the files in \`charging.sitesFolder\`: what an energy manager says about a site
([optimizer.md](optimizer.md) tells what becomes of it, [energy-managers.md](energy-managers.md) how to write one). This
page is generated from the schema (\`npm run generate\`); editors read the same words from
\`config/schema/site.schema.json\`.

- An unknown or duplicate key is an error, told with file, line and column by \`ocpp-edge check\`.
- A number's unit stands last in its name: \`A\` amperes per phase, \`Kw\`, \`Kwh\`, \`V\`, \`S\`, \`Minutes\`, \`Hours\`,
  \`Pct\`, \`PerKwh\`. Money is in the site's currency.
- \`–\` as default: there is none.
- One value may stand where a list of one is meant, and one current where all phases have the same.
`;

const CAMPAIGN_FILES = `# Campaign files

Every key of the files in \`transfers.campaignsFolder\`: a firmware campaign ([campaigns.md](campaigns.md) tells what becomes
of it). This page is generated from the schema (\`npm run generate\`); editors read the same words from
\`config/schema/campaign.schema.json\`.

- An unknown or duplicate key is an error, told with file, line and column by \`ocpp-edge check\`.
- \`–\` as default: there is none.
- One value may stand where a list of one is meant.
`;

/** The reference page of campaign files (docs/campaign-files.md), as Markdown. */
export function campaignFilePage(root: JsonSchema): string {
  return [CAMPAIGN_FILES, ...topLevel(root)].join('\n');
}

/** The reference page of site files (docs/site-files.md), as Markdown. */
export function siteFilePage(root: JsonSchema): string {
  return [SITE_FILES, ...topLevel(root)].join('\n');
}

/** The reference page of model files (docs/model-files.md), as Markdown. */
export function modelFilePage(root: JsonSchema): string {
  const sections = Object.entries(root.properties ?? {}).flatMap(([key, schema]) => part(key, schema));
  return [MODEL_FILES, ...sections].join('\n');
}

/** The reference page of the config (docs/configuration.md), as Markdown. */
export function referencePage(root: JsonSchema): string {
  return [INTRODUCTION, ...topLevel(root)].join('\n');
}

function topLevel(root: JsonSchema): readonly string[] {
  const tops = Object.entries(root.properties ?? {});
  const plain = tops.filter(([, schema]) => schema.type !== 'object');
  const rows = plain.map(([key, schema]) => row(key, schema, root));
  return ['## Top level\n', table(rows), ...tops.flatMap(([key, schema]) => below(key, schema))];
}

/** What is told of a key beyond its row: the keys inside it, if it has any. */
function below(path: string, schema: JsonSchema): readonly string[] {
  if (schema.type === 'object') return part(path, schema);
  return schema.items?.type === 'object' ? part(`${path}[]`, schema.items) : [];
}

/** One heading with a table, and those of the sections inside. */
function part(path: string, schema: JsonSchema): readonly string[] {
  const each = schema.additionalProperties;
  if (each === undefined || each === false) return [heading(path, schema), ...inside(path, schema)];
  return [heading(path, schema), `${schema.propertyNames?.description}\n`, ...inside(`${path}.<name>`, each)];
}

function inside(path: string, section: JsonSchema): readonly string[] {
  const entries = Object.entries(section.properties ?? {});
  const rows = entries
    .filter(([, schema]) => schema.type !== 'object')
    .map(([key, schema]) => row(`${path}.${key}`, schema, section, key));
  return [table(rows), ...entries.flatMap(([key, schema]) => below(`${path}.${key}`, schema))];
}

const heading = (path: string, { description }: JsonSchema): string => `## ${code(path)}\n\n${description}\n`;

type Row = { readonly cells: readonly string[]; readonly effect: Effect | undefined };

/** When a change holds is told of the keys of the config alone: other files are read whenever they change. */
function table(rows: readonly Row[]): string {
  const isTagged = rows.some(({ effect }) => effect !== undefined);
  const names = ['key', 'value', 'default', ...(isTagged ? ['change'] : []), 'meaning'];
  const lines = rows.map(({ cells: [key, value, fallback, meaning], effect }) =>
    isTagged ? [key, value, fallback, effect, meaning] : [key, value, fallback, meaning],
  );
  return [line(names), `|${'---|'.repeat(names.length)}`, ...lines.map(line), ''].join('\n');
}

const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;

function row(path: string, schema: JsonSchema, section: JsonSchema, key = path): Row {
  const fallback = section.required?.includes(key) ? '**must be set**' : defaultWords(schema);
  const cells = [code(path), valueWords(schema), fallback, schema.description.replaceAll('|', '\\|')];
  return { cells, effect: effectOf(schema) };
}

function defaultWords({ default: value, word }: JsonSchema): string {
  if (word !== undefined) return code(word);
  return value === undefined ? '–' : code(typeof value === 'string' ? value : JSON.stringify(value));
}

function valueWords(schema: JsonSchema): string {
  return schema.word === undefined ? plainValueWords(schema) : `${plainValueWords(schema)}, or ${code(schema.word)}`;
}

function plainValueWords(schema: JsonSchema): string {
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.minimum} to ${schema.maximum}`;
    case 'boolean':
      return 'true, false';
    case 'array':
      return `list: ${schema.items === undefined ? '' : valueWords(schema.items)}`;
    case 'object':
      return 'section';
    case 'string':
      if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
      return textFormats[schema.format ?? '']?.name ?? 'text';
  }
}

const code = (words: string): string => `\`${words}\``;

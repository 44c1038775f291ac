import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** One payload of OCPP-J 1.6, on its way to whoever validates it. */
export type Message = { readonly action: string; readonly direction: Direction; readonly payload: unknown };
export type Direction = 'req' | 'conf';

type Schema = { readonly [keyword: string]: unknown };

const require = createRequire(import.meta.url);
const schemas = require('ocpp-rpc/lib/schemas/ocpp1_6.json') as readonly Schema[];
const oracleAjv = new Ajv({ strict: false, multipleOfPrecision: 6 });
addFormats.default(oracleAjv);

/** The JSON schemas of OCPP 1.6 that ocpp-rpc carries, by `<action>.<direction>`. */
export const oracles = new Map<string, ValidateFunction>();
for (const { $id, ...schema } of schemas) oracles.set(String($id).replace('urn:', ''), oracleAjv.compile(schema));

export function oracleAccepts({ action, direction, payload }: Message): boolean {
  return violationsOf({ action, direction, payload }).length === 0;
}

/** What the schema has against the payload; nothing: it is valid. */
export function violationsOf({ action, direction, payload }: Message): readonly string[] {
  const oracle = oracles.get(`${action}.${direction}`);
  if (oracle === undefined) throw new Error(`no schema of ${action}.${direction}`);
  oracle(payload);
  return (oracle.errors ?? []).map(({ instancePath, message }) => `${action}.${direction}${instancePath} ${message}`);
}

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Payload } from '../../src/gateway/ports.ts';
import { centralSystem, chargePoint } from '../../src/ocpp/model.generated.ts';

const folder = fileURLToPath(new URL('../vectors/soap/', import.meta.url));

/** One exchange of the golden vectors, in the shape of OCPP-J. */
export type Sample = { readonly action: string; readonly request: Payload; readonly response: Payload };

type Line = { readonly action: string; readonly type: string; readonly payload: Payload };

/** What a charger sends: one sample for each of the ten operations. */
export const fromCharger = samples(actionsOf(centralSystem), 'to-charger');

/** What a charger is sent: one sample for each of the nineteen operations. */
export const toCharger = samples(actionsOf(chargePoint), 'from-charger');

function actionsOf(service: typeof centralSystem): ReadonlySet<string> {
  return new Set(service.operations.map(({ action }) => action));
}

/** DataTransfer goes both ways, so it has two files. */
function samples(actions: ReadonlySet<string>, otherWay: string): readonly Sample[] {
  const files = readdirSync(folder).filter((file) => !file.includes(`.${otherWay}.`));
  return files.filter((file) => actions.has(file.split('.')[0] ?? '')).map(readSample);
}

function readSample(file: string): Sample {
  const lines = readFileSync(`${folder}${file}`, 'utf8')
    .split('\n---\n')
    .filter((part) => part.startsWith('{'))
    .map((part) => JSON.parse(part) as Line);
  const find = (type: string): Line => {
    const line = lines.find((candidate) => candidate.type === type);
    if (line === undefined) throw new Error(`${file} has no ${type}`);
    return line;
  };
  return { action: find('request').action, request: find('request').payload, response: find('response').payload };
}

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ScenarioError, whole, wholeList } from '../../optimizer/scenario-form.ts';
import { finite } from '../../optimizer/scenario-fields.ts';
import type { PriceStep } from '../../optimizer/site.ts';
import { systemProblem } from '../config/system-problem.ts';

/** The last good prices of each site, in the data folder: what holds until a source answers after a restart. */
export type KeptPrices = {
  /** Undefined: none were kept, or they cannot be read any more. */
  of(site: string): readonly PriceStep[] | undefined;
  /** On disk when it returns; throws what the operating system objects to. */
  keep(site: string, steps: readonly PriceStep[]): void;
  forget(site: string): void;
};

const readSteps = wholeList(whole({ fromS: finite, perKwh: finite }));

export function keptPrices(dataFolder: string): KeptPrices {
  const folder = join(dataFolder, 'prices');
  const fileOf = (site: string) => join(folder, `${site}.json`);
  return {
    of: (site) => {
      try {
        return readSteps(JSON.parse(readFileSync(fileOf(site), 'utf8')), '');
      } catch (error) {
        if (error instanceof ScenarioError || error instanceof SyntaxError) return undefined;
        // whatever keeps them from being read, they are fetched again
        systemProblem(error);
        return undefined;
      }
    },
    keep: (site, steps) => {
      mkdirSync(folder, { recursive: true });
      replaceFile(fileOf(site), JSON.stringify(steps));
    },
    forget: (site) => rmSync(fileOf(site), { force: true }),
  };
}

/** Written aside and renamed: the file never holds half a list. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.draft`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}

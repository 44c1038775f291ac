import { createRequire } from 'node:module';
import { plan } from '../../optimizer/plan.ts';
import { problemOf } from '../../optimizer/pose.ts';
import type { Problem } from '../../optimizer/problem.ts';
import { siteScenario } from './optimizer-sites.ts';

/** Its types are those of its CommonJS build, which Node finds by require. */
const solver = createRequire(import.meta.url)(
  'javascript-lp-solver',
) as typeof import('javascript-lp-solver')['default'];

type NaturalModel = {
  readonly optimize: 'cost';
  readonly opType: 'min';
  readonly constraints: Record<string, { equal: number } | { max: number }>;
  readonly variables: Record<string, Record<string, number>>;
};

/** As people write it: an equation for the energy of each car, and a variable for every car and slot. */
function naturalModel({ cars, nodes, slotCount, importPerKwh, scenario }: Problem): NaturalModel {
  const model: NaturalModel = { optimize: 'cost', opType: 'min', constraints: {}, variables: {} };
  for (const { id, roomA } of nodes) {
    for (const [phase, room] of roomA.entries()) {
      for (const [slot, limitA] of room.entries()) model.constraints[`${id} ${phase} ${slot}`] = { max: limitA };
    }
  }
  for (const [index, car] of cars.entries()) {
    model.constraints[`energy ${index}`] = { equal: car.energyKwh };
    model.variables[`short ${index}`] = { cost: scenario.site.objective.unmetPerKwh, [`energy ${index}`]: 1 };
    for (let slot = 0; slot < slotCount; slot += 1) {
      const column: Record<string, number> = {
        cost: (importPerKwh[slot] ?? 0) * car.kwhPerA,
        [`energy ${index}`]: car.kwhPerA,
        [`cap ${index} ${slot}`]: 1,
      };
      for (const node of car.nodes) {
        for (const phase of car.phases) column[`${nodes[node]?.id ?? ''} ${phase} ${slot}`] = 1;
      }
      model.constraints[`cap ${index} ${slot}`] = { max: car.capA[slot] ?? 0 };
      model.variables[`x ${index} ${slot}`] = column;
    }
  }
  return model;
}

const [kind, cars = '20'] = process.argv.slice(2);
const scenario = siteScenario({ cars: Number(cars) });
const startedMs = performance.now();
if (kind === 'natural') solver.Solve(naturalModel(problemOf(scenario)));
else await plan(scenario);
const seen = { ms: performance.now() - startedMs, rssMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(seen));

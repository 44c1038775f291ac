import { createRequire } from 'node:module';
import { plan } from '../../optimizer/plan.ts';
import { problemOf } from '../../optimizer/pose.ts';
import type { Car, Problem } from '../../optimizer/problem.ts';
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

type Column = Record<string, number>;

/**
 * As people write it: an equation for the energy of each car, a variable for every car and slot, and the same surplus
 * and peak as in the program of the product.
 */
function naturalModel(problem: Problem): NaturalModel {
  const model: NaturalModel = { optimize: 'cost', opType: 'min', constraints: {}, variables: {} };
  for (const { id, roomA } of problem.nodes) {
    for (const [phase, room] of roomA.entries()) {
      for (const [slot, limitA] of room.entries()) model.constraints[`${id} ${phase} ${slot}`] = { max: limitA };
    }
  }
  addSiteRows(problem, model);
  for (const [index, car] of problem.cars.entries()) {
    model.constraints[`energy ${index}`] = { equal: car.energyKwh };
    model.variables[`short ${index}`] = { cost: car.valuePerKwh, [`energy ${index}`]: 1 };
    for (let slot = 0; slot < problem.slotCount; slot += 1) {
      model.constraints[`cap ${index} ${slot}`] = { max: car.capA[slot] ?? 0 };
      model.variables[`x ${index} ${slot}`] = carColumn(problem, car, index, slot);
    }
  }
  return model;
}

function addSiteRows(problem: Problem, { constraints, variables }: NaturalModel): void {
  const slotHours = problem.slotS / 3600;
  const peak: Column = { cost: problem.scenario.site.demandCharge.perKwMonth };
  for (let slot = 0; slot < problem.slotCount; slot += 1) {
    constraints[`surplus ${slot}`] = { max: 0 };
    constraints[`own ${slot}`] = { max: (problem.surplusKw[slot] ?? 0) * slotHours };
    constraints[`peak ${slot}`] = { max: slotHours * (problem.peakFloorKw - (problem.baseKw[slot] ?? 0)) };
    const saving = (problem.importPerKwh[slot] ?? 0) - (problem.feedInPerKwh[slot] ?? 0);
    variables[`q ${slot}`] = { cost: -saving, [`surplus ${slot}`]: 1, [`own ${slot}`]: 1, [`peak ${slot}`]: -1 };
    peak[`peak ${slot}`] = -slotHours;
  }
  variables['peak'] = peak;
}

function carColumn({ nodes, importPerKwh, slotS, scenario }: Problem, car: Car, index: number, slot: number): Column {
  const urgency = (scenario.site.objective.urgencyPerKwhHour * (slot - car.firstSlot) * slotS) / 3600;
  const column: Column = {
    cost: ((importPerKwh[slot] ?? 0) + urgency) * car.kwhPerA,
    [`energy ${index}`]: car.kwhPerA,
    [`cap ${index} ${slot}`]: 1,
    [`surplus ${slot}`]: -car.kwhPerA,
    [`peak ${slot}`]: car.kwhPerA,
  };
  for (const node of car.nodes) {
    for (const phase of car.phases) column[`${nodes[node]?.id ?? ''} ${phase} ${slot}`] = 1;
  }
  return column;
}

const [kind, cars = '20', isHard] = process.argv.slice(2);
const scenario = siteScenario({ cars: Number(cars), isHard: isHard === 'hard' });
const startedMs = performance.now();
if (kind === 'natural') solver.Solve(naturalModel(problemOf(scenario)));
else await plan(scenario);
const seen = { ms: performance.now() - startedMs, rssMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(seen));

import type { StageContext } from '../model/execution';
import { readCondition } from './check-expressions';
import { readBoolean } from './read-boolean';
import { readWatch, watchKeys } from './read-verify';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const known = [...watchKeys, 'instances', 'percentage', 'job', 'expression', 'judgment'];
const habits = {
  interval: 'Write for: 10m.',
};

function readSize(fields: YamlObject): StageContext {
  const percentage = fields.get('percentage');
  if (percentage === undefined) {
    const instances = fields.require('instances', 'instances: 1, or percentage: 10');
    return { instances: instances?.orExpression(() => instances.integer()) };
  }
  fields
    .get('instances')
    ?.failAtKey("'instances' and 'percentage' both give the size of the canary. Keep one of them.");
  return { percentage: percentage.orExpression(() => percentage.integer({ max: 100 })) };
}

function readStep(item: YamlValue): StageContext {
  const fields = item.object({ known, advice: habits });
  if (fields === undefined) return {};
  const job = fields.get('job');
  const expression = fields.get('expression');
  const step = {
    ...readSize(fields),
    ...readWatch(fields),
    job: job?.refusesExpression('Write the name of a job.') === true ? undefined : job?.text(),
    expression: expression && readCondition(expression),
    judgment: readBoolean(fields, 'judgment'),
  };
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined));
}

/** Refuses a step that is smaller than the one before it, in the same unit. */
function checkGrowth(steps: readonly StageContext[], items: readonly YamlValue[]): void {
  for (const [index, step] of steps.entries()) {
    for (const unit of ['instances', 'percentage']) {
      const [before, now] = [steps[index - 1]?.[unit], step[unit]];
      if (typeof before === 'number' && typeof now === 'number' && now < before) {
        items[index]?.fail(`A canary does not shrink: ${unit} ${now} follows ${before}. Put the smaller step first.`);
      }
    }
  }
}

/** Reads the steps of a canary: a map for one, a list for several. */
export function readCanary(value: YamlValue): readonly StageContext[] {
  const items = value.isList ? (value.list() ?? []) : [value];
  if (items.length === 0) value.fail('A canary needs a step, for example: { instances: 1, for: 10m }');
  const steps = items.map(readStep);
  checkGrowth(steps, items);
  return steps;
}

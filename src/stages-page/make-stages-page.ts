import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAccounts } from '../definitions/parse-accounts';
import { parseApplication } from '../definitions/parse-application';
import { resolvePipeline } from '../definitions/resolve-pipeline';
import { createStageRegistry } from '../engine/registry';
import { stages } from '../stages';
import { strategies } from '../strategies';
import { renderStagesPage, type StageExample } from './render-stages-page';

/** Reads the examples of a folder, each ready to run in its first environment. Throws with what is wrong in them. */
function createExamples(folder: string) {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const { accounts = new Map() } = parseAccounts({
    file: join(folder, 'accounts.yaml'),
    text: read('accounts.yaml'),
    environment: {},
  });
  const stageTypes = createStageRegistry(stages);
  const stageIn = (file: string, text: string, type: string) => {
    const { application, problems } = parseApplication({ file, text, accounts, stageTypes });
    const [environment] = application?.environments.values() ?? [];
    if (application === undefined || environment === undefined) throw new Error(JSON.stringify(problems));
    const resolved = resolvePipeline(application, environment, { image: `${application.image}:2.0` });
    const found = resolved.find((stage) => stage.type === type);
    if (found === undefined) throw new Error(`${file} has no stage of type ${type}.`);
    return found;
  };
  return {
    textOf: (name: string) => read(`${name}.yaml`),
    exampleOf: (type: string): StageExample => {
      const text = read(`${type}.yaml`);
      return { text, stage: stageIn(`${type}.yaml`, text, type) };
    },
  };
}

/** Makes the page docs/stages.md of all stages, all strategies and a folder of examples. Throws where something lacks. */
export function makeStagesPage(examplesFolder: string): string {
  const { textOf, exampleOf } = createExamples(examplesFolder);
  return renderStagesPage({ stages, strategies, exampleOf, strategyExampleOf: textOf });
}

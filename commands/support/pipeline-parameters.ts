import type { Pipeline } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import type { Words } from './words';

/** Options that are about the command and not about the pipeline. */
const ofCommand: readonly string[] = ['reason', 'yes', 'json'];

/** What a run gives its pipeline: each further `key=value`, as text. */
export const pipelineParameters = (_pipeline: Pipeline, { options }: Words): StageContext =>
  Object.fromEntries([...options].filter(([name]) => !ofCommand.includes(name)));

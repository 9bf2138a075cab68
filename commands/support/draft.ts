import type { PipelineStage } from '../../src/model/application';
import type { Command, ExecutionDraft } from '../../src/model/command';
import { draftOf, type DraftInput } from '../../src/definitions/draft-of';

/** Puts together what an execution will be, and where it reports: the environment's channel, else where it was asked. */
export function draftExecution({ command, ...input }: DraftInput & { readonly command: Command }): ExecutionDraft {
  const asked = command.source.surface === 'slack' ? command.source.channel : undefined;
  const channel = input.environment.channel ?? asked;
  return draftOf({ ...input, report: channel === undefined ? undefined : { teamId: command.teamId, channel } });
}

/** Stages one after the other, numbered from 1. */
export const inSequence = (
  stages: readonly Omit<PipelineStage, 'refId' | 'requisiteStageRefIds'>[],
): readonly PipelineStage[] =>
  stages.map((stage, index) => ({
    ...stage,
    refId: String(index + 1),
    requisiteStageRefIds: index === 0 ? [] : [String(index)],
  }));

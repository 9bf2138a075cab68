import type { InstanceOutput, OutputWanted } from '../src/dcos/server-groups';
import { clusterOf } from '../src/model/cluster-of';
import type { Command } from '../src/model/command';
import { asCoxswainError } from '../src/model/errors';
import { parseMoniker } from '../src/model/moniker';
import { countServing, isDisabled, locationName, type Location } from '../src/model/server-group';
import type { Text } from '../src/model/text';
import type { View } from '../src/model/view';
import { Blindness, type BlindPlace, blindText, whyBlind } from './support/blindness';
import { findGroups } from './support/find-group';
import { findInstance, instancesIn } from './support/find-instance';
import { findTarget, type Target } from './support/find-target';
import { lookAtPlace, type LivePlace } from './support/live-groups';
import { outputText } from './support/output-text';
import { runChoice, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox logs APPLICATION ENVIRONMENT[/REGION] [INSTANCE-ID] [group=vNNN] [lines=50] [file=stdout|stderr]';
const [usualLines, mostLines] = [50, 500];

function linesOf({ options }: Words): number {
  const word = options.get('lines');
  if (word === undefined) return usualLines;
  const count = /^\d{1,4}$/.test(word) ? Number(word) : 0;
  if (count > 0 && count <= mostLines) return count;
  throw new UserMistake(`'${word}' is no number of lines: give one from 1 to ${mostLines}.`);
}

function filesOf({ options }: Words): OutputWanted['files'] {
  const word = options.get('file');
  if (word === undefined) return ['stdout', 'stderr'];
  if (word === 'stdout' || word === 'stderr') return [word];
  throw new UserMistake(`file is stdout or stderr, not '${word}'.`);
}

/** The places that can be seen, and those that cannot. Throws Blindness where none can. */
async function lookAtPlaces(world: VerbWorld, { locations }: Target, cluster: string) {
  const looks = await Promise.all(
    locations.map((location) =>
      lookAtPlace(world.serverGroups, location, cluster).catch((error: unknown): BlindPlace => ({
        location,
        error: asCoxswainError(error),
      })),
    ),
  );
  const blind = looks.flatMap((look) => ('error' in look ? [look] : []));
  const places = looks.flatMap((look) => ('error' in look ? [] : [look]));
  const [first] = blind;
  if (places.length === 0 && first !== undefined) throw new Blindness(first.error, blind, []);
  return { places, blind };
}

/** Whose output is meant. */
type Writer = { readonly location: Location; readonly group: string; readonly instanceId?: string };

/** An instance that is over is known by its id alone, which says its group. */
function pastInstance(world: VerbWorld, places: readonly LivePlace[], id: string, cluster: string): Writer | undefined {
  for (const { location } of places) {
    const group = world.serverGroups.groupOfInstance(location, id);
    const isWhole = group !== undefined && id.length > group.length + 1;
    if (isWhole && parseMoniker(group)?.cluster === cluster) return { location, group, instanceId: id };
  }
  return undefined;
}

/** Of the groups that there are, the newest in service that does not serve whole; else what serves; else the newest. */
function usualGroup(places: readonly LivePlace[]): Writer | undefined {
  const all = places.flatMap(({ location, groups }) => groups.map((group) => ({ location, group })));
  const isSick = ({ group }: (typeof all)[number]) => !isDisabled(group) && countServing(group) < group.desired;
  const serving = places.flatMap(({ location, current }) =>
    current === undefined ? [] : [{ location, group: current }],
  );
  const found = all.find(isSick) ?? serving[0] ?? all[0];
  return found === undefined ? undefined : { location: found.location, group: found.group.name };
}

function findWriter(
  world: VerbWorld,
  { words, options }: Words,
  { name, cluster, places }: { readonly name: string; readonly cluster: string; readonly places: readonly LivePlace[] },
): Writer | undefined {
  const [, application = '', where = '', word] = words;
  const again = (more: string) => `logs ${application} ${where} ${more}`;
  const id = word ?? options.get('instance');
  if (id !== undefined) {
    const known = instancesIn(places);
    const past = known.some(({ instance }) => instance.id === id)
      ? undefined
      : pastInstance(world, places, id, cluster);
    if (past !== undefined) return past;
    const { place, group, instance } = findInstance(known, id, { name, again });
    return { location: place.location, group: group.name, instanceId: instance.id };
  }
  const groupName = options.get('group');
  if (groupName === undefined) return usualGroup(places);
  const [found] = findGroups(places, groupName, { name, again: (other) => again(`group=${other}`) });
  return found === undefined ? undefined : { location: found.place.location, group: found.group.name };
}

/** What is to be said of each file beside its lines. */
const fileLines = ({ files }: InstanceOutput): readonly Text[] =>
  files.flatMap((each) => {
    if ('error' in each) return [`${each.file} could not be read: ${each.error}`];
    return each.lines.length === 0 ? [`It wrote nothing to ${each.file}.`] : [];
  });

function viewOf(
  writer: Writer,
  output: InstanceOutput,
  { command, blind }: { command: Command; blind: readonly Text[] },
): View {
  const text = outputText(output, command.source.surface);
  const isRead = output.files.some((each) => 'lines' in each);
  const shown = output.files.flatMap((each) => ('lines' in each && each.lines.length > 0 ? [each.file] : []));
  return {
    headline: [
      { strong: writer.group },
      ` in ${locationName(writer.location)}: `,
      shown.length === 0 ? 'no output of ' : `the last lines of ${shown.join(' and ')} of `,
      { code: output.instanceId },
    ],
    tone: isRead ? 'neutral' : 'attention',
    lines: [...fileLines(output), ...blind],
    ...(text === undefined ? {} : { output: text }),
  };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const [lines, files] = [linesOf(words), filesOf(words)];
  const target = findTarget(world.definitions(), words, usage);
  const { application, environment } = target;
  const name = `${application.name} ${environment.name}`;
  const cluster = clusterOf(application, environment);
  const { places, blind } = await lookAtPlaces(world, target, cluster);
  const unseen = blind.flatMap((place) => [blindText(place), whyBlind(place.error)]);
  const writer = findWriter(world, words, { name, cluster, places });
  if (writer === undefined)
    return {
      type: 'reply',
      view: { headline: `Nothing runs in ${name}.`, tone: 'attention', undone: true, lines: unseen },
    };
  const { location, group, instanceId } = writer;
  const wanted = { files, lines, ...(instanceId === undefined ? {} : { instanceId }) };
  const output = await world.serverGroups.readOutput(location, group, wanted);
  if (output !== undefined) return { type: 'reply', view: viewOf(writer, output, { command, blind: unseen }) };
  const view: View = {
    headline: `${group} in ${locationName(location)} has had no instance that could have written anything.`,
    tone: 'attention',
    undone: true,
    lines: unseen,
    choices: [runChoice(`why ${application.name} ${environment.name}`)],
  };
  return { type: 'reply', view };
}

/** What an instance wrote last. */
export const logs: Verb = {
  name: 'logs',
  usage,
  summary: 'the last lines of stdout and stderr of an instance: one that fails, else the newest',
  examples: ['/cox logs foo prod', '/cox logs foo prod/east group=v003 lines=20', '/cox logs foo prod file=stderr'],
  options: ['group', 'instance', 'lines', 'file'],
  run,
};

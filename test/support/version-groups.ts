import { parseMoniker } from '../../src/model/moniker';
import { newestFirst, type ServerGroup } from '../../src/model/server-group';
import { east } from '../dcos/builders';

/**
 * Server groups of `foo-dev` in a few words, newest first: `v002:4` is version 2 with four instances, `v002:0+1` is out of
 * service while one instance still serves, `v002:4@9` was created at 9. Later versions are newer.
 */
export function groupsOf(...words: readonly string[]): readonly ServerGroup[] {
  return words
    .map((word): ServerGroup => {
      const [, version = '', size = '0', left = size, created] =
        /^(v\d+):(\d+)(?:\+(\d+))?(?:@(\d+))?$/.exec(word) ?? [];
      const name = `foo-dev-${version}`;
      const moniker = parseMoniker(name) as ServerGroup['moniker'];
      return {
        name,
        moniker,
        location: east,
        createdTime: created === undefined ? moniker.sequence : Number(created),
        desired: Number(size),
        instances: Array.from({ length: Number(left) }, (_, index) => ({
          id: String(index),
          health: 'Up',
          serving: true,
        })),
        image: 'repo/foo:1',
        marathonId: name,
        marathonVersion: '1',
        deployments: [],
        labels: {},
      };
    })
    .sort(newestFirst);
}

import { createClusterStreams } from '../src/cluster-streams';
import type { DcosCluster } from '../src/model/application';
import { Secret } from '../src/model/secret';

const clusterOf = (name: string, more: Partial<DcosCluster> = {}): DcosCluster => {
  const password = new Secret('the environment variable X', () => 'x');
  return { name, url: `https://${name}.example.com`, auth: { type: 'password', uid: 'coxswain', password }, ...more };
};
const mapOf = (...clusters: DcosCluster[]) => new Map(clusters.map((cluster) => [cluster.name, cluster]));

function bench() {
  const seen: string[] = [];
  const streams = createClusterStreams(({ name, url }) => {
    seen.push(`open ${name} ${url}`);
    return { close: () => seen.push(`close ${name} ${url}`) };
  });
  return { streams, take: () => seen.splice(0) };
}

describe('cluster streams', () => {
  it('are opened once for each cluster', () => {
    const { streams, take } = bench();
    streams.follow(mapOf(clusterOf('a'), clusterOf('b')));
    expect(take()).toEqual(['open a https://a.example.com', 'open b https://b.example.com']);
  });

  it('stay open where the same settings were loaded again', () => {
    const { streams, take } = bench();
    streams.follow(mapOf(clusterOf('a'), clusterOf('b')));
    take();
    streams.follow(mapOf(clusterOf('b'), clusterOf('a')));
    expect(take()).toEqual([]);
  });

  it('are opened anew for changed clusters only', () => {
    const { streams, take } = bench();
    streams.follow(mapOf(clusterOf('a'), clusterOf('b')));
    take();
    streams.follow(mapOf(clusterOf('a', { url: 'https://moved' }), clusterOf('b')));
    expect(take()).toEqual(['close a https://a.example.com', 'open a https://moved']);
    streams.follow(mapOf(clusterOf('a', { url: 'https://moved', auth: { type: 'none' } }), clusterOf('b')));
    expect(take()).toEqual(['close a https://moved', 'open a https://moved']);
  });

  it('are opened anew where a secret stands elsewhere', () => {
    const { streams, take } = bench();
    streams.follow(mapOf(clusterOf('a')));
    take();
    const password = new Secret('the environment variable Y', () => 'x');
    streams.follow(mapOf(clusterOf('a', { auth: { type: 'password', uid: 'coxswain', password } })));
    expect(take()).toHaveLength(2);
  });

  it('are closed with their clusters, and opened again with them', () => {
    const { streams, take } = bench();
    streams.follow(mapOf(clusterOf('a'), clusterOf('b')));
    take();
    streams.follow(mapOf(clusterOf('b')));
    expect(take()).toEqual(['close a https://a.example.com']);
    streams.follow(mapOf(clusterOf('a'), clusterOf('b')));
    expect(take()).toEqual(['open a https://a.example.com']);
  });

  it('are all closed at the end, each once', () => {
    const { streams, take } = bench();
    streams.follow(mapOf(clusterOf('a'), clusterOf('b')));
    take();
    streams.close();
    streams.close();
    expect(take()).toEqual(['close a https://a.example.com', 'close b https://b.example.com']);
  });
});

import { formatImage, imageName, parseImage } from '../../src/model/image-reference';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('an image in its parts (semantics §2.2)', () => {
  it.each([
    ['foo', undefined, 'foo', undefined, 'foo'],
    ['foo:1.0', undefined, 'foo', '1.0', 'foo'],
    ['team/foo:1.0', undefined, 'team/foo', '1.0', 'team-foo'],
    ['team/foo/bar:1.0', undefined, 'team/foo/bar', '1.0', 'team-foo'],
    ['registry.example.com/team/foo', 'registry.example.com', 'team/foo', undefined, 'team-foo'],
    ['registry.example.com:5000/foo:1', 'registry.example.com:5000', 'foo', '1', 'foo'],
    ['registry:5000/demo/foo', 'registry:5000', 'demo/foo', undefined, 'demo-foo'],
    ['registry:5000/demo/foo:1', 'registry:5000', 'demo/foo', '1', 'demo-foo'],
    ['localhost/foo:1', 'localhost', 'foo', '1', 'foo'],
    ['localhost:5000/foo', 'localhost:5000', 'foo', undefined, 'foo'],
  ])('%s', (image, registry, repository, tag, name) => {
    const read = parseImage(image);
    expect(read).toEqual({ registry, repository, tag, digest: undefined });
    expect([formatImage(read), imageName(read)]).toEqual([image, name]);
  });

  it.each([`foo@${digest}`, `registry.example.com/team/foo:1@${digest}`])('keeps the digest of %s', (image) => {
    expect(parseImage(image).digest).toBe(digest);
    expect(formatImage(parseImage(image))).toBe(image);
  });
});

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * The image of a version: a tag, a digest, or the whole reference of this very repository; undefined where it is none of
 * them.
 */
export function imageOfVersion(repository: string, version: string): string | undefined {
  const after = (mark: string) =>
    version.startsWith(`${repository}${mark}`) ? version.slice(repository.length + 1) : version;
  if (digestPattern.test(after('@'))) return `${repository}@${after('@')}`;
  const [tag = '', digest, ...rest] = after(':').split('@');
  const isPinned = digest === undefined || (digestPattern.test(digest) && rest.length === 0);
  return tagPattern.test(tag) && isPinned ? `${repository}:${after(':')}` : undefined;
}

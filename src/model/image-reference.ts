/** A Docker image in its parts. */
export type ImageReference = {
  /** Host, with a port where it has one; undefined for Docker Hub, which images do not name. */
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
};

/**
 * Reads an image. What stands before the first '/' is a registry only where it holds a '.' or a ':', or begins with localhost:
 * semantics §2.2, which takes a host with a port and no '.' for a repository and its port for a tag; Docker does not.
 */
export function parseImage(image: string): ImageReference {
  const [named = '', digest] = image.split('@', 2);
  const slash = named.indexOf('/');
  const host = named.slice(0, Math.max(0, slash));
  const registry = /^localhost|[.:]/.test(host) ? host : undefined;
  const path = registry === undefined ? named : named.slice(slash + 1);
  const colon = path.lastIndexOf(':');
  const [repository, tag] = colon === -1 ? [path, undefined] : [path.slice(0, colon), path.slice(colon + 1)];
  return { registry, repository, tag: tag === '' ? undefined : tag, digest };
}

/** The image as Docker takes it: `registry/repository:tag`, each part where it is known. */
export function formatImage({ registry, repository, tag, digest }: ImageReference): string {
  const host = registry === undefined ? '' : `${registry}/`;
  return `${host}${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** What Spinnaker calls an image: the first two parts of its repository, joined by '-' (semantics §2.3). */
export const imageName = ({ repository }: ImageReference): string => repository.split('/').slice(0, 2).join('-');

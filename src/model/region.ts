/** A DC/OS cluster and a Marathon group below the account, its segments joined by '/'; empty for none. */
export type RegionPlace = { readonly dcosCluster: string; readonly group: string };

/**
 * The place that a region names. `dc1/web/eu` and Spinnaker's safe form `dc1_web_eu` are one place (semantics §1.4): no
 * cluster and no segment of a group may hold '_', so nothing is lost.
 */
export function regionPlace(region: string): RegionPlace {
  const [dcosCluster = '', ...group] = region.replaceAll('_', '/').split('/');
  return { dcosCluster, group: group.join('/') };
}

import type { BlindSince } from './dcos/sights';
import type { DocumentKind, DocumentStore } from './engine/ports/document-store';

/** A DC/OS cluster that could not be seen when this was written, or could (without `blindSince`); its id is the cluster's. */
type Sight = { readonly schema: 1; readonly teamId: string; readonly blindSince?: number };

const sightKind: DocumentKind<Sight> = { name: 'sight', indexes: () => ({}) };

/** Keeps since when clusters cannot be seen, so that a restart does not make it look younger. */
export function rememberSights(store: DocumentStore, teamId: string) {
  return {
    load: async (): Promise<BlindSince> => {
      const found = await store.list(sightKind, { limit: 1000 });
      return new Map(
        found.flatMap(({ id, document: { blindSince } }) => (blindSince === undefined ? [] : [[id, blindSince]])),
      );
    },
    save: async (dcosCluster: string, blindSince: number | undefined): Promise<void> => {
      const sight: Sight = { schema: 1, teamId, ...(blindSince === undefined ? {} : { blindSince }) };
      if (await store.create(sightKind, dcosCluster, sight)) return;
      await store.update(sightKind, dcosCluster, () => sight);
    },
  };
}

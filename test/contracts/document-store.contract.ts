import type { DocumentKind, DocumentStore } from '../../src/engine/ports/document-store';
import type { CoxswainError } from '../../src/model/errors';

/** A fresh, empty place for documents, which several stores may open. */
export type StoreFixture = {
  /** `onUnreadable` is told of what the store passes over. */
  readonly open: (onUnreadable: (error: CoxswainError) => void) => Promise<DocumentStore> | DocumentStore;
  readonly remove: () => Promise<void> | void;
};

type Boat = { readonly name: string; readonly harbour?: string; readonly trips: number };

const boats: DocumentKind<Boat> = {
  name: 'boat',
  indexes: (boat) => (boat.harbour === undefined ? {} : { harbour: boat.harbour }),
};
const crews: DocumentKind<Boat> = { name: 'crew', indexes: () => ({}) };
const boat = (more: Partial<Boat> = {}): Boat => ({ name: 'Anna', trips: 0, ...more });
const sail = (found: Boat): Boat => ({ ...found, trips: found.trips + 1 });

/** The behaviour every document store must show; `prepare` is called once for each test. */
export function describeDocumentStore(name: string, prepare: () => Promise<StoreFixture> | StoreFixture): void {
  describe(`${name} as a document store`, () => {
    let fixture: StoreFixture;
    let store: DocumentStore;
    const opened: DocumentStore[] = [];
    const passedOver: CoxswainError[] = [];
    const openAnother = async (): Promise<DocumentStore> => {
      const another = await fixture.open((error) => passedOver.push(error));
      opened.push(another);
      return another;
    };
    const claim = (
      more: { owner?: string; now?: number; limit?: number; kinds?: readonly DocumentKind<never>[] } = {},
    ) => store.claimDue({ kinds: [boats], owner: 'one', now: 1_000, leaseMs: 500, limit: 16, ...more });
    const claimedIds = async (more: Parameters<typeof claim>[0] = {}) => (await claim(more)).map(({ id }) => id);

    beforeEach(async () => {
      fixture = await prepare();
      store = await openAnother();
      passedOver.length = 0;
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await fixture.remove();
    });

    describe('documents', () => {
      it('reads back what was created, at version 1', async () => {
        expect(await store.create(boats, 'a', boat())).toBe(true);
        expect(await store.get(boats, 'a')).toEqual({ id: 'a', version: 1, document: boat() });
      });

      it('has nothing under an unknown id, nor under the same id of another kind', async () => {
        await store.create(boats, 'a', boat());
        expect(await store.get(boats, 'b')).toBeUndefined();
        expect(await store.get(crews, 'a')).toBeUndefined();
        expect(await store.update(crews, 'a', sail)).toBeUndefined();
      });

      it('creates once: the second gets false and changes nothing', async () => {
        const results = await Promise.all([
          store.create(boats, 'a', boat({ name: 'first' })),
          store.create(boats, 'a', boat({ name: 'second' })),
        ]);
        expect(results).toEqual([true, false]);
        expect((await store.get(boats, 'a'))?.document.name).toBe('first');
      });

      it('raises the version by one with each change', async () => {
        await store.create(boats, 'a', boat());
        const changed = await store.update(boats, 'a', sail);
        expect(changed).toEqual({ id: 'a', version: 2, document: boat({ trips: 1 }) });
        expect(await store.get(boats, 'a')).toEqual(changed);
      });

      it('keeps the version when the very same document comes back, yet moves the due time', async () => {
        await store.create(boats, 'a', boat());
        const same = await store.update(boats, 'a', (found) => found, { due: () => 700 });
        expect(same?.version).toBe(1);
        expect(await store.nextDue(['boat'], 0)).toBe(700);
      });

      it('rejects with the error of a change and stores nothing of it', async () => {
        await store.create(boats, 'a', boat(), { due: 5 });
        const refused = store.update(
          boats,
          'a',
          () => {
            throw new Error('no wind');
          },
          { due: () => 900 },
        );
        await expect(refused).rejects.toThrow('no wind');
        expect(await store.get(boats, 'a')).toEqual({ id: 'a', version: 1, document: boat() });
        expect(await store.nextDue(['boat'], 0)).toBe(5);
      });

      it('lets a throwing change fail alone among many at once', async () => {
        await store.create(boats, 'a', boat());
        const all = Array.from({ length: 40 }, (_, position) =>
          store.update(boats, 'a', (found) => {
            if (position % 4 === 1) throw new Error(`refused ${position}`);
            return sail(found);
          }),
        );
        const results = await Promise.allSettled(all);
        expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
          Array.from({ length: 40 }, (_, position) => position % 4 !== 1),
        );
        expect(await store.get(boats, 'a')).toMatchObject({ version: 31, document: { trips: 30 } });
      });

      it('loses no update when two stores add to one counter', async () => {
        await store.create(boats, 'a', boat());
        const other = await openAnother();
        const addMany = async (to: DocumentStore) => {
          for (let round = 0; round < 50; round += 1) {
            await Promise.all(Array.from({ length: 10 }, () => to.update(boats, 'a', sail)));
          }
        };
        await Promise.all([addMany(store), addMany(other)]);
        expect((await store.get(boats, 'a'))?.document.trips).toBe(1_000);
        expect((await other.get(boats, 'a'))?.version).toBe(1_001);
      }, 30_000);

      it('shows a document made anew by another store, not the deleted one it remembers', async () => {
        await store.create(boats, 'a', boat({ name: 'old' }));
        await store.get(boats, 'a');
        const other = await openAnother();
        expect(await other.delete(boats, 'a')).toBe(true);
        await other.create(boats, 'a', boat({ name: 'new' }));
        expect((await store.get(boats, 'a'))?.document.name).toBe('new');
      });

      it('deletes a document only while it has the version that is given', async () => {
        await store.create(boats, 'a', boat({ harbour: 'Kiel' }));
        await store.update(boats, 'a', (found) => ({ ...found, name: 'new' }));
        expect(await store.delete(boats, 'a', { version: 1 })).toBe(false);
        expect((await store.get(boats, 'a'))?.document.name).toBe('new');
        expect(await store.count(boats, { name: 'harbour', value: 'Kiel' })).toBe(1);
        expect(await store.delete(boats, 'a', { version: 2 })).toBe(true);
        expect(await store.delete(boats, 'a', { version: 2 })).toBe(false);
      });

      it('deletes a document with its index entries, once', async () => {
        await store.create(boats, 'a', boat({ harbour: 'Kiel' }));
        expect(await store.delete(boats, 'a')).toBe(true);
        expect(await store.delete(boats, 'a')).toBe(false);
        expect(await store.get(boats, 'a')).toBeUndefined();
        expect(await store.count(boats, { name: 'harbour', value: 'Kiel' })).toBe(0);
      });

      it('refuses a document above 1 MB and says so', async () => {
        const huge = boat({ name: 'x'.repeat(1_000_001) });
        await expect(store.create(boats, 'a', huge)).rejects.toThrow(/boat a.*bytes/);
        await store.create(boats, 'b', boat());
        await expect(store.update(boats, 'b', () => huge)).rejects.toThrow(/boat b.*bytes/);
        expect((await store.get(boats, 'b'))?.version).toBe(1);
      });

      it('refuses an update beyond the bytes that it may have, which may depend on the new document', async () => {
        await store.create(boats, 'a', boat());
        const rename = (name: string, most: number) =>
          store.update(boats, 'a', (document) => ({ ...document, name }), {
            maxBytes: (document) => (document.name === name ? most : 0),
          });
        await expect(rename('y'.repeat(5000), 4000)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
        expect((await store.get(boats, 'a'))?.version).toBe(1);
        expect((await rename('y'.repeat(5000), 6000))?.version).toBe(2);
      });

      it('still has everything after it is closed and opened again', async () => {
        await store.create(boats, 'a', boat({ harbour: 'Kiel' }), { due: 10 });
        await store.update(boats, 'a', sail);
        await store.close();
        store = await openAnother();
        expect(await store.get(boats, 'a')).toMatchObject({ version: 2, document: { trips: 1 } });
        expect(await store.count(boats, { name: 'harbour', value: 'Kiel' })).toBe(1);
        expect(await claimedIds()).toEqual(['a']);
      });

      it('gives back documents nobody can change by accident, or copies of them', async () => {
        await store.create(boats, 'a', boat());
        const found = await store.get(boats, 'a');
        try {
          Object.assign(found?.document ?? {}, { name: 'spoilt' });
        } catch {
          // A frozen document refuses; a copy takes it and nobody else sees it.
        }
        expect((await store.get(boats, 'a'))?.document.name).toBe('Anna');
      });
    });

    describe('lists', () => {
      const ids = async (query: Parameters<typeof store.list>[1]) =>
        (await store.list(boats, query)).map(({ id }) => id);

      beforeEach(async () => {
        await store.create(boats, 'c', boat({ harbour: 'Kiel' }));
        await store.create(boats, 'a', boat({ harbour: 'Kiel' }));
        await store.create(boats, 'b', boat({ harbour: 'Husum' }));
        await store.create(boats, 'd', boat());
        await store.create(crews, 'a', boat());
      });

      it.each([
        ['all of a kind by id', {}, ['a', 'b', 'c', 'd']],
        ['newest first', { newestFirst: true }, ['d', 'c', 'b', 'a']],
        ['at most the limit', { limit: 2 }, ['a', 'b']],
        ['the newest few', { limit: 2, newestFirst: true }, ['d', 'c']],
        ['those with a value in an index', { index: { name: 'harbour', value: 'Kiel' } }, ['a', 'c']],
        ['the newest of an index', { index: { name: 'harbour', value: 'Kiel' }, newestFirst: true, limit: 1 }, ['c']],
        ['those after an id', { after: 'b' }, ['c', 'd']],
        ['those after an id that is not there', { after: 'bb', limit: 1 }, ['c']],
        ['those after an id, newest first', { after: 'c', newestFirst: true }, ['b', 'a']],
        ['those of an index after an id', { index: { name: 'harbour', value: 'Kiel' }, after: 'a' }, ['c']],
        [
          'those of an index after an id, newest first',
          { index: { name: 'harbour', value: 'Kiel' }, newestFirst: true, after: 'c' },
          ['a'],
        ],
        ['nothing after the last', { after: 'd' }, []],
        ['nothing for an unknown value', { index: { name: 'harbour', value: 'Bonn' } }, []],
        ['nothing for an unknown index', { index: { name: 'colour', value: 'Kiel' } }, []],
      ])('%s', async (_, query, expected) => expect(await ids(query)).toEqual(expected));

      it('carries versions and documents', async () => {
        await store.update(boats, 'b', sail);
        const found = await store.list(boats, { index: { name: 'harbour', value: 'Husum' } });
        expect(found).toEqual([{ id: 'b', version: 2, document: boat({ harbour: 'Husum', trips: 1 }) }]);
      });

      it('moves a document between values with the change that moves it', async () => {
        await store.update(boats, 'a', (found) => ({ ...found, harbour: 'Husum' }));
        await store.update(boats, 'b', ({ name, trips }) => ({ name, trips }));
        expect(await ids({ index: { name: 'harbour', value: 'Husum' } })).toEqual(['a']);
        expect(await ids({ index: { name: 'harbour', value: 'Kiel' } })).toEqual(['c']);
      });

      it('counts all of a kind, or those with a value', async () => {
        expect(await store.count(boats)).toBe(4);
        expect(await store.count(boats, { name: 'harbour', value: 'Kiel' })).toBe(2);
      });
    });

    describe('due documents and leases', () => {
      it('claims what is due, the longest due first, and nothing that is not', async () => {
        await store.create(boats, 'later', boat(), { due: 1_001 });
        await store.create(boats, 'second', boat(), { due: 1_000 });
        await store.create(boats, 'first', boat(), { due: 400 });
        await store.create(boats, 'never', boat());
        await store.create(crews, 'crew', boat(), { due: 1 });
        expect(await claim({ limit: 1 })).toEqual([{ kind: 'boat', id: 'first', version: 1, document: boat() }]);
        expect(await claimedIds()).toEqual(['second']);
      });

      it('claims across kinds in the order of their due times', async () => {
        await store.create(boats, 'b', boat(), { due: 2 });
        await store.create(crews, 'c', boat(), { due: 1 });
        expect(await claimedIds({ kinds: [boats, crews] })).toEqual(['c', 'b']);
      });

      it('hands a document to one owner until the lease ends', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        expect(await claimedIds({ owner: 'one' })).toEqual(['a']);
        expect(await claimedIds({ owner: 'two', now: 1_499 })).toEqual([]);
        expect(await claimedIds({ owner: 'two', now: 1_500 })).toEqual(['a']);
      });

      it('hands each document to one of two stores that claim at once', async () => {
        const other = await openAnother();
        await Promise.all(Array.from({ length: 40 }, (_, n) => store.create(boats, `boat-${n}`, boat(), { due: 0 })));
        const query = { kinds: [boats], now: 1_000, leaseMs: 500, limit: 30 };
        const both = await Promise.all([
          store.claimDue({ ...query, owner: 'one' }),
          other.claimDue({ ...query, owner: 'two' }),
        ]);
        const all = both.flat().map(({ id }) => id);
        expect(new Set(all).size).toBe(40);
        expect(all).toHaveLength(40);
      });

      it('prolongs a lease for its owner only, until another has it', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        expect(await store.renew('boat', 'a', 'two', 9_000)).toBe(false);
        expect(await store.renew('boat', 'a', 'one', 2_000)).toBe(true);
        expect(await claimedIds({ owner: 'two', now: 1_999 })).toEqual([]);
        expect(await claimedIds({ owner: 'two', now: 2_000 })).toEqual(['a']);
        expect(await store.renew('boat', 'a', 'one', 9_000)).toBe(false);
      });

      it('gives the lease back with an update, in the same commit as the next due time', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        await store.update(boats, 'a', sail, { release: 'one', due: () => 1_100 });
        expect(await store.renew('boat', 'a', 'one', 9_000)).toBe(false);
        expect(await claimedIds({ owner: 'two', now: 1_099 })).toEqual([]);
        expect(await claimedIds({ owner: 'two', now: 1_100 })).toEqual(['a']);
      });

      it('lets the new document decide whether the lease is given back', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        const release = ({ trips }: Boat) => (trips === 2 ? 'one' : undefined);
        await store.update(boats, 'a', sail, { release, due: () => 0 });
        expect(await claimedIds({ owner: 'two', now: 1_100 })).toEqual([]);
        await store.update(boats, 'a', sail, { release, due: () => 0 });
        expect(await store.renew('boat', 'a', 'one', 9_000)).toBe(false);
        expect(await claimedIds({ owner: 'two', now: 1_100 })).toEqual(['a']);
      });

      it('gives the lease back though the document stays the same', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        const same = await store.update(boats, 'a', (found) => found, { release: () => 'one', due: () => 1_100 });
        expect(same?.version).toBe(1);
        expect(await claimedIds({ owner: 'two', now: 1_100 })).toEqual(['a']);
      });

      it('leaves the lease alone when another owner releases it', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        await store.update(boats, 'a', sail, { release: 'two' });
        expect(await claimedIds({ owner: 'two', now: 1_499 })).toEqual([]);
      });

      it('leaves the due time alone when an update does not name it, and takes it away with null', async () => {
        await store.create(boats, 'a', boat(), { due: 300 });
        await store.update(boats, 'a', sail);
        expect(await store.nextDue(['boat'], 0)).toBe(300);
        await store.update(boats, 'a', sail, { due: () => null });
        expect(await store.nextDue(['boat'], 0)).toBeUndefined();
      });

      it('computes the due time from the new document', async () => {
        await store.create(boats, 'a', boat({ trips: 6 }));
        await store.update(boats, 'a', sail, { due: ({ trips }) => trips * 100 });
        expect(await store.nextDue(['boat'], 0)).toBe(700);
      });

      it.each([
        ['brings a due time forward', 800, 300, 300],
        ['never puts it off', 300, 800, 300],
        ['makes a document due that never was', null, 800, 800],
      ])('touch %s', async (_, due, at, expected) => {
        await store.create(boats, 'a', boat(), { due });
        await store.touch(boats, 'a', at);
        expect(await store.nextDue(['boat'], 0)).toBe(expected);
      });

      it('ignores a touch of an unknown id', async () => {
        await expect(store.touch(boats, 'nobody', 5)).resolves.toBeUndefined();
        expect(await store.nextDue(['boat'], 0)).toBeUndefined();
      });

      it.each([
        ['a later due time', 5_000],
        ['no due time', null],
      ])('keeps a touch made after the claim, though the owner asks for %s', async (_, due) => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        await store.touch(boats, 'a', 1_200);
        await store.update(boats, 'a', sail, { release: 'one', due: () => due });
        expect(await store.nextDue(['boat'], 1_000)).toBe(1_200);
      });

      it('forgets a touch that the next claim has answered', async () => {
        await store.create(boats, 'a', boat(), { due: 0 });
        await claim({ owner: 'one' });
        await store.touch(boats, 'a', 1_200);
        await store.update(boats, 'a', sail, { release: 'one', due: () => 5_000 });
        await claim({ owner: 'one', now: 1_200 });
        await store.update(boats, 'a', sail, { release: 'one', due: () => 5_000 });
        expect(await store.nextDue(['boat'], 1_300)).toBe(5_000);
      });

      it('forgets a touch made before the claim', async () => {
        await store.create(boats, 'a', boat(), { due: 900 });
        await store.touch(boats, 'a', 100);
        await claim({ owner: 'one' });
        await store.update(boats, 'a', sail, { release: 'one', due: () => 5_000 });
        expect(await store.nextDue(['boat'], 1_000)).toBe(5_000);
      });

      it('says when the next document can be claimed, leases included', async () => {
        expect(await store.nextDue(['boat'], 0)).toBeUndefined();
        await store.create(boats, 'a', boat(), { due: 0 });
        await store.create(boats, 'b', boat(), { due: 4_000 });
        await claim({ owner: 'one' });
        expect(await store.nextDue(['boat'], 1_000)).toBe(1_500);
        await store.renew('boat', 'a', 'one', 6_000);
        expect(await store.nextDue(['boat'], 1_000)).toBe(4_000);
        expect(await store.nextDue(['crew'], 1_000)).toBeUndefined();
      });
    });

    describe('documents of another schema', () => {
      /** A boat as an older build wrote it. */
      const oldBoats: DocumentKind<object> = { name: 'boat', indexes: () => ({ harbour: 'Kiel' }) };
      /** The same kind two schemas later: `name` became `names`, then `trips` began to count from 100. */
      type NewBoat = { readonly schema: 3; readonly names: readonly string[]; readonly trips: number };
      const newBoats: DocumentKind<NewBoat> = {
        name: 'boat',
        indexes: ({ names }) => ({ captain: names[0] ?? '' }),
        upgrades: [
          ({ name, ...rest }) => ({ ...rest, names: [name] }),
          ({ trips, ...rest }) => ({ ...rest, trips: Number(trips) + 100 }),
        ],
      };
      const sailNew = (found: NewBoat): NewBoat => ({ ...found, trips: found.trips + 1 });
      const upgraded: NewBoat = { schema: 3, names: ['Anna'], trips: 105 };
      const claimNew = (more: { owner?: string; limit?: number } = {}) =>
        store.claimDue({ kinds: [newBoats], owner: 'one', now: 1_000, leaseMs: 500, limit: 16, ...more });

      describe('that is older', () => {
        beforeEach(() => store.create(oldBoats, 'a', { schema: 1, name: 'Anna', trips: 5 }, { due: 0 }));

        it('are brought to the schema of today when they are read, and stay as they are', async () => {
          expect(await store.get(newBoats, 'a')).toEqual({ id: 'a', version: 1, document: upgraded });
          expect(await store.list(newBoats)).toEqual([{ id: 'a', version: 1, document: upgraded }]);
          expect(await claimNew()).toEqual([{ kind: 'boat', id: 'a', version: 1, document: upgraded }]);
          await expect((await openAnother()).get(oldBoats, 'a')).resolves.toMatchObject({ document: { schema: 1 } });
        });

        it('are taken from the middle of the way where they stand there', async () => {
          await store.create(oldBoats, 'b', { schema: 2, names: ['Berta'], trips: 5 });
          expect((await store.get(newBoats, 'b'))?.document).toEqual({ schema: 3, names: ['Berta'], trips: 105 });
        });

        it('count as the first schema where they do not say one', async () => {
          await store.create(oldBoats, 'b', { name: 'Berta', trips: 5 });
          expect((await store.get(newBoats, 'b'))?.document).toEqual({ schema: 3, names: ['Berta'], trips: 105 });
        });

        it('are written back with the next change, with their indexes', async () => {
          const changed = await store.update(newBoats, 'a', sailNew);
          expect(changed).toEqual({ id: 'a', version: 2, document: { ...upgraded, trips: 106 } });
          expect(await (await openAnother()).get(newBoats, 'a')).toEqual(changed);
          expect(await store.count(newBoats, { name: 'harbour', value: 'Kiel' })).toBe(0);
          expect(await store.count(newBoats, { name: 'captain', value: 'Anna' })).toBe(1);
        });

        it('are not written by an update that changes nothing', async () => {
          const same = await store.update(newBoats, 'a', (found) => found, { due: () => 700 });
          expect(same).toEqual({ id: 'a', version: 1, document: upgraded });
          expect(await store.nextDue(['boat'], 0)).toBe(700);
          await expect((await openAnother()).get(oldBoats, 'a')).resolves.toMatchObject({ document: { schema: 1 } });
        });
      });

      describe('that is newer', () => {
        const refused = {
          code: 'DOCUMENT_TOO_NEW',
          message: expect.stringMatching(/boat x.*schema 3.*knows 1/) as string,
        };
        const newest: NewBoat = { schema: 3, names: ['Xenia'], trips: 7 };

        beforeEach(() => store.create(newBoats, 'x', newest, { due: 0 }));

        const untouched = async () => {
          const [claimed] = await (
            await openAnother()
          ).claimDue({
            kinds: [newBoats],
            owner: 'newer build',
            now: 1_000,
            leaseMs: 500,
            limit: 16,
          });
          expect(claimed).toEqual({ kind: 'boat', id: 'x', version: 1, document: newest });
        };

        it('are refused with an error that says who wrote them, and left alone', async () => {
          await expect(store.get(boats, 'x')).rejects.toMatchObject(refused);
          const change = jest.fn(sail);
          await expect(store.update(boats, 'x', change, { due: () => 9_000 })).rejects.toMatchObject(refused);
          expect(change).not.toHaveBeenCalled();
          await untouched();
        });

        it('let the other writes of their commit through', async () => {
          await store.create(boats, 'a', boat());
          const results = await Promise.allSettled([
            store.update(boats, 'x', sail),
            store.update(boats, 'a', sail),
            store.update(boats, 'x', sail),
          ]);
          expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
        });

        it('are passed over by lists and claims, told once, and never due', async () => {
          await store.create(boats, 'y', boat(), { due: 600 });
          for (let turn = 0; turn < 3; turn += 1) {
            expect((await store.list(boats)).map(({ id }) => id)).toEqual(['y']);
            expect(await claimedIds({ limit: 1, now: 1_000 + turn * 1_000 })).toEqual(['y']);
          }
          expect(passedOver).toEqual([expect.objectContaining(refused)]);
          await store.delete(boats, 'y');
          expect(await claimedIds({ now: 9_000 })).toEqual([]);
          expect(await store.nextDue(['boat'], 9_000)).toBeUndefined();
          await untouched();
        });

        it('do not take the place of the others, however many they are', async () => {
          const many = Array.from({ length: 20 }, (_, n) => `x${n}`);
          await Promise.all(many.map((id) => store.create(newBoats, id, newest, { due: 1 })));
          await store.create(boats, 'y', boat(), { due: 600 });
          await store.create(boats, 'z', boat(), { due: 700 });
          expect((await store.list(boats, { limit: 1 })).map(({ id }) => id)).toEqual(['y']);
          expect(await claimedIds({ limit: 1 })).toEqual(['y']);
          expect(await store.nextDue(['boat'], 1_000)).toBe(700);
          expect(passedOver).toHaveLength(21);
        });

        it('are read again once they are changed into what this build knows', async () => {
          expect(await store.list(boats)).toEqual([]);
          const other = await openAnother();
          await other.update<object>({ ...oldBoats, upgrades: newBoats.upgrades ?? [] }, 'x', () => ({
            schema: 1,
            ...boat(),
          }));
          expect((await store.list(boats)).map(({ id }) => id)).toEqual(['x']);
          expect(await claimedIds()).toEqual(['x']);
        });
      });

      it('names the document and the schema where bringing it up to date fails, and passes it over', async () => {
        const broken: DocumentKind<object> = {
          name: 'boat',
          indexes: () => ({}),
          upgrades: [
            () => {
              throw new Error('no keel');
            },
          ],
        };
        await store.create(oldBoats, 'a', { schema: 1 }, { due: 0 });
        const failure = { code: 'INTERNAL', message: expect.stringMatching(/boat a.*schema 1 .*no keel/) as string };
        await expect(store.get(broken, 'a')).rejects.toMatchObject(failure);
        expect(await claimedIds({ kinds: [broken] })).toEqual([]);
        expect(passedOver).toEqual([expect.objectContaining(failure)]);
      });
    });
  });
}

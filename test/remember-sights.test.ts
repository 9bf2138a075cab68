import { rememberSights } from '../src/remember-sights';
import { createMemoryStore } from './support/memory-store';

describe('rememberSights', () => {
  it('gives back since when clusters are lost, and none that was seen again', async () => {
    const store = createMemoryStore(() => 0);
    const sights = rememberSights(store, 'T1');
    expect(await sights.load()).toEqual(new Map());
    await sights.save('np1', 5);
    await sights.save('np2', 6);
    await sights.save('np1', undefined);
    expect(await rememberSights(store, 'T1').load()).toEqual(new Map([['np2', 6]]));
  });
});

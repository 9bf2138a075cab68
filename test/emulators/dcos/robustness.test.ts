import { createBench } from './bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 1 };

/** An emulator with a subscriber that fails at every event of a type. */
function withBrokenSubscriber(eventType: string) {
  const errors: unknown[] = [];
  const bench = createBench({ onError: (error) => void errors.push(error) });
  const broken = new Error('the subscriber is broken');
  const leave = bench.core.subscribe({
    onEvent: (event) => {
      if (event.eventType === eventType) throw broken;
    },
  });
  return { ...bench, errors, broken, leave };
}

describe('a mistake within the emulator', () => {
  it('is answered with 500 and told, and the next request is served', () => {
    const { call, errors, broken } = withBrokenSubscriber('api_post_event');
    const response = call('POST', '/v2/apps', web);
    expect(response.status).toBe(500);
    expect(response.body.message).toEqual(expect.any(String));
    expect(errors).toEqual([broken]);
    expect(call('GET', '/v2/apps').status).toBe(200);
  });

  it('is answered with 500 also where it comes after the handler', () => {
    const { call, errors } = withBrokenSubscriber('deployment_info');
    expect(call('POST', '/v2/groups', { id: 'demo', apps: [web] }).status).toBe(500);
    expect(errors).not.toEqual([]);
  });

  it('does not stop the timers', () => {
    const { core, call, clock, errors, broken, leave } = withBrokenSubscriber('status_update_event');
    core.seed(web);
    core.seed({ ...web, id: '/demo/other' });
    const [first, second] = call('GET', '/v2/tasks').body.tasks;
    call('POST', '/v2/tasks/delete', { ids: [first?.id] });
    leave();
    call('POST', '/v2/tasks/delete', { ids: [second?.id] });
    expect(errors).toContain(broken);
    clock.advance(10_000);
    expect(call('GET', '/v2/tasks').body.tasks.map(({ id }) => id)).toContain(second?.id.replace(/1$/, '2'));
  });
});

describe('names that JavaScript knows', () => {
  it.each([
    ['/service/metronome/v1/jobs/constructor', 404],
    ['/service/metronome/v1/jobs/__proto__', 404],
    ['/service/edgelb/v2/pools/constructor', 404],
    ['/v2/apps/constructor', 404],
  ])('are not found at %s', (path, status) => expect(createBench().call('GET', path).status).toBe(status));

  it('are no labels of an app that does not have them', () => {
    const { core, call } = createBench();
    core.seed(web);
    expect(call('GET', '/v2/apps?label=constructor').body.apps).toEqual([]);
  });
});

describe('faults that are none', () => {
  it.each([
    { kind: 'http', method: 5 },
    { kind: 'http', status: 5 },
    { kind: 'http', times: 'often' },
    { kind: 'slow', delayMs: 1, path: {} },
    { kind: 'noOffers', apps: '*', reason: 5 },
    { kind: 'crash', image: 5 },
    { kind: 'dropEvents', events: 'all' },
    { kind: 'constructor' },
    null,
  ])('are refused: %j', (fault) => {
    const { call } = createBench();
    expect(call('POST', '/emulator/faults', fault).status).toBe(400);
    expect(call('GET', '/v2/apps').status).toBe(200);
  });
});

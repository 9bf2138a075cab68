import { createBench } from './bench';

const web = {
  id: '/demo/web',
  cpus: 0.1,
  container: { docker: { image: 'demo/web:bad' } },
  healthChecks: [{ path: '/' }],
};

describe('faults', () => {
  it('withholds offers from matching apps until cleared', () => {
    const { core, call, clock, app } = createBench();
    const id = core.setFault({ kind: 'noOffers', apps: '/demo/*', reason: 'InsufficientMemory' });
    call('POST', '/v2/apps', web);
    clock.advance(60_000);
    expect(app('/demo/web').tasks).toEqual([]);
    const funnel = call('GET', '/v2/queue').body.queue[0]?.processedOffersSummary.rejectSummaryLastOffers;
    expect(funnel).toContainEqual({ reason: 'InsufficientMemory', declined: 5, processed: 5 });
    core.clearFaults(id);
    clock.advance(1000);
    expect(app('/demo/web').tasksHealthy).toBe(1);
  });

  it('crashes tasks by image', () => {
    const { core, call, clock, app } = createBench();
    core.setFault({ kind: 'crash', image: ':bad', afterMs: 50, message: 'Container exited with status 137' });
    call('POST', '/v2/apps', web);
    clock.advance(450);
    expect(app('/demo/web').lastTaskFailure?.message).toBe('Container exited with status 137');
  });

  it('turns running tasks unhealthy and healthy again', () => {
    const { core, clock, app } = createBench();
    core.seed(web);
    core.setFault({ kind: 'unhealthy', apps: '/demo/web' });
    clock.advance(10);
    expect(app('/demo/web')).toMatchObject({ tasksHealthy: 0, tasksUnhealthy: 1 });
    core.clearFaults();
    clock.advance(1000);
    expect(app('/demo/web')).toMatchObject({ tasksHealthy: 1, tasksUnhealthy: 0 });
  });

  it('refuses the next requests that match, as HTML if wanted', () => {
    const { core, call } = createBench();
    core.setFault({ kind: 'http', method: 'GET', path: '/v2/apps', times: 1, status: 502, html: true });
    expect(call('GET', '/v2/tasks').status).toBe(200);
    const refused = call('GET', '/v2/apps');
    expect([refused.status, refused.headers['Content-Type']]).toEqual([502, 'text/html']);
    expect(call('GET', '/v2/apps').status).toBe(200);
  });

  it('lets a request with a lost reply take effect', () => {
    const { core, call } = createBench();
    core.setFault({ kind: 'lostReply', method: 'POST', path: '/v2/apps', times: 1 });
    expect(call('POST', '/v2/apps', web).isCut).toBe(true);
    expect(call('POST', '/v2/apps', web)).toMatchObject({ isCut: false, status: 409 });
  });

  it('drops events of a type, silently', () => {
    const { core, call, events } = createBench();
    core.setFault({ kind: 'dropEvents', events: ['deployment_info'] });
    call('POST', '/v2/apps', web);
    const types = events.map(({ eventType }) => eventType);
    expect(types).toContain('deployment_step_success');
    expect(types).not.toContain('deployment_info');
  });

  it('keeps every request for the judge, and nothing of its own routes', () => {
    const { core, call } = createBench();
    call('POST', '/v2/apps', web);
    call('GET', '/v2/apps');
    call('GET', '/emulator/requests');
    expect(core.requests.list({ mutations: true })).toMatchObject([
      { method: 'POST', path: '/v2/apps', route: 'POST /v2/apps', body: web, status: 201 },
    ]);
    expect(core.requests.list()).toHaveLength(2);
  });
});

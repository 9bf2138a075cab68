import type { JenkinsClient } from '../../src/jenkins/jenkins-client';
import { createJenkinsMasters } from '../../src/jenkins/jenkins-masters';
import type { JenkinsMaster } from '../../src/model/application';
import { Secret } from '../../src/model/secret';
import { createManualClock } from '../support/manual-clock';

const token = new Secret('a test', () => 't');
const masterOf = (name: string, over: Partial<JenkinsMaster> = {}): JenkinsMaster => ({
  name,
  url: `http://${name}.example.com`,
  auth: { user: 'coxswain', token },
  ...over,
});

/** Masters over a list that may be changed; a client says which master it is of. */
function rig(...masters: readonly JenkinsMaster[]) {
  let jenkins = new Map(masters.map((master) => [master.name, master]));
  const connect = ({ url, auth }: JenkinsMaster) => ({ host: url, user: auth.user }) as JenkinsClient;
  const found = createJenkinsMasters(() => ({ jenkins }), createManualClock(), connect);
  return {
    found,
    change: (...more: readonly JenkinsMaster[]) => (jenkins = new Map(more.map((one) => [one.name, one]))),
  };
}

describe('the configured Jenkins masters', () => {
  it('keep a client as long as its entry says the same, and follow what changes', () => {
    const { found, change } = rig(masterOf('ci'));
    const first = found.find('ci');
    change(masterOf('ci'), masterOf('other'));
    expect(found.find('ci')).toBe(first);
    change(masterOf('ci', { url: 'http://new.example.com' }));
    expect(found.find('ci').host).toBe('http://new.example.com');
    expect(() => found.find('other')).toThrow("Jenkins 'other' is not configured. Known: ci.");
  });

  it('say so where there are none', () => {
    const none = createJenkinsMasters(() => ({}), createManualClock());
    expect(() => none.find('ci')).toThrow("Jenkins 'ci' is not configured. No Jenkins is configured.");
    expect(() => none.scriptJob(undefined)).toThrow('no Jenkins is configured, which scripts run through');
  });

  it('name the job that scripts run through', () => {
    const { found } = rig(
      masterOf('ci'),
      masterOf('tools', { scriptJob: 'run' }),
      masterOf('other', { scriptJob: 'x' }),
    );
    expect(found.scriptJob(undefined)).toEqual({ master: 'tools', job: 'run' });
    expect(found.scriptJob('other')).toEqual({ master: 'other', job: 'x' });
    expect(() => found.scriptJob('ci')).toThrow('no job is named that it could run through (scriptJob of ci)');
    expect(() => found.scriptJob('none')).toThrow("Jenkins 'none' is not configured");
  });

  it('are reached over HTTP', async () => {
    const jenkins = new Map([['ci', masterOf('ci', { url: 'http://127.0.0.1:1' })]]);
    const masters = createJenkinsMasters(() => ({ jenkins }), createManualClock());
    await expect(masters.find('ci').getJob('ship')).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});

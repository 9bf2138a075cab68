import { followCaFile } from '../../src/http-client/follow-ca-file';
import { createManualClock } from '../support/manual-clock';

const clientOf = (baseUrl: string, caFile?: string) =>
  followCaFile({ baseUrl, userAgent: 'x', clock: createManualClock(), ...(caFile === undefined ? {} : { caFile }) });

describe('followCaFile', () => {
  it('tells of its host before anything is asked', () =>
    expect(clientOf('https://dcos.example.com:8443/a', '/nowhere/ca.pem').host).toBe('dcos.example.com:8443'));

  it.each([
    ['a file that is not there', 'https://dcos.example.com', '/nowhere/ca.pem', 'UNREACHABLE'],
    ['a file that is a folder', 'https://dcos.example.com', '/', 'UNREACHABLE'],
    ['what is no address', 'dcos', undefined, 'INVALID_INPUT'],
    ['what is no address, with a file that is not there', 'dcos', '/nowhere/ca.pem', 'INVALID_INPUT'],
  ])('throws at each call, not before, for %s', async (_title, baseUrl, caFile, code) => {
    const client = clientOf(baseUrl, caFile);
    for (let call = 0; call < 2; call += 1) {
      await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({ code });
      await expect(client.stream('/', { idleTimeoutMs: 1000 })).rejects.toMatchObject({ code });
    }
  });
});

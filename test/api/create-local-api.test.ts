import { activateLogin } from '../../src/api/activate-login';
import { createLocalApi } from '../../src/api/create-local-api';
import { hashToken, tokenKind } from '../../src/api/login-token';
import { mostPendingLogins } from '../../src/api/start-login';
import { commandKind, executionKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import { askApi, buildExecution, buildJudgment, startApiFixture, testToken, testUser } from '../support/api-fixture';

type Fixture = Awaited<ReturnType<typeof startApiFixture>>;
let fixture: Fixture;
const hint = jest.fn();

beforeEach(async () => {
  hint.mockReset();
  fixture = await startApiFixture({ hint });
});
afterEach(() => fixture.api.stop());

const ask = (path: string, body?: unknown, token?: string | null) => askApi(fixture.url, path, body, token);
/** Acts when a request has looked, found nothing new, and waits for the first time. */
const whenWaited = (act: () => Promise<unknown>) => {
  const { clock } = fixture;
  jest.spyOn(clock, 'after').mockImplementationOnce((_delayMs, callback) => {
    void act().then(callback);
    return () => undefined;
  });
};
const refusal = (code: string, message: RegExp) => ({
  error: { code, message: expect.stringMatching(message) as string },
});

describe('the local API', () => {
  it('tells its health without a token', async () => {
    expect(await ask('/health', undefined, null)).toEqual({ status: 200, json: { status: 'ok' } });
  });

  it('says who a token belongs to', async () => {
    expect(await ask('/api/whoami')).toEqual({ status: 200, json: { user: testUser, teamId: 'T1' } });
  });

  it.each([[null], ['wrong'], [''], ['a'.repeat(2000)]])(
    'refuses the token %s and says how to log in',
    async (token) => {
      const answer = await ask('/api/whoami', undefined, token);
      expect(answer).toEqual({ status: 401, json: refusal('UNAUTHORIZED', /coxswain login/) });
    },
  );

  it('refuses a token of another workspace', async () => {
    const token = {
      schema: 1,
      teamId: 'T2',
      code: 'X',
      createdAt: 0,
      state: 'active',
      user: 'U9',
      activatedAt: 0,
    } as const;
    await fixture.store.create(tokenKind, hashToken('elsewhere'), token);
    expect((await ask('/api/whoami', undefined, 'elsewhere')).status).toBe(401);
  });

  it.each([
    ['not JSON', '{', 400, /not JSON/],
    ['a missing field', {}, 400, /text:/],
    ['a text of the wrong type', { text: 7 }, 400, /text:/],
    ['an empty text', { text: '  ' }, 400, /words of a command/],
    ['a body of null', 'null', 400, /not right/],
    ['too large a body', JSON.stringify({ text: 'x'.repeat(70_000) }), 413, /larger than/],
    ['far too large a body', JSON.stringify({ text: 'x'.repeat(8_000_000) }), 413, /larger than/],
  ])('refuses %s', async (_title, body, status, message) => {
    expect(await ask('/api/commands', body)).toEqual({ status, json: refusal('INVALID_INPUT', message) });
    expect(await fixture.store.count(commandKind)).toBe(0);
  });

  it('refuses a body that does not say it is JSON', async () => {
    const headers = { authorization: `Bearer ${testToken}`, 'content-type': 'text/plain' };
    const response = await fetch(`${fixture.url}/api/commands`, { method: 'POST', headers, body: '{"text":"status"}' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(refusal('INVALID_INPUT', /Content-Type/));
  });

  it('lists its routes where there is none, and names the method where it is another', async () => {
    expect(await ask('/nowhere')).toEqual({ status: 404, json: refusal('NOT_FOUND', /GET \/health/) });
    expect(await ask('/api/commands')).toEqual({ status: 405, json: refusal('INVALID_INPUT', /Use POST/) });
    expect((await ask('/api/executions/%E0%A4%A')).status).toBe(400);
  });

  it('hides a defect behind INTERNAL and reports it', async () => {
    const onError = jest.fn();
    const health = () => {
      throw new Error('inner detail');
    };
    const other = await startApiFixture({ health, onError });
    const answer = await askApi(other.url, '/health', undefined, null);
    await other.api.stop();
    expect(answer).toEqual({ status: 500, json: refusal('INTERNAL', /defect/) });
    expect(JSON.stringify(answer.json)).not.toContain('inner detail');
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('says which port it could not have', async () => {
    const port = Number(new URL(fixture.url).port);
    const { store, clock } = fixture;
    const second = createLocalApi({
      ...{ store, clock, port, hint, newId: () => 'x', teamId: 'T1', health: () => ({}) },
      renderExecution: () => ({ headline: '', tone: 'neutral' }),
    });
    await expect(second.start()).rejects.toThrow(new RegExp(`127.0.0.1:${port}.*another port`));
  });
});

describe('logging in', () => {
  const tokenHash = hashToken('a-new-token');
  const login = async (hash = tokenHash) => {
    const { json } = await ask('/api/logins', { tokenHash: hash }, null);
    return (json as { code: string }).code;
  };

  it('hands out a code, and lets the token in once its owner typed it', async () => {
    const code = await login();
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/);
    expect(await ask('/api/whoami', undefined, 'a-new-token')).toEqual({
      status: 401,
      json: refusal('UNAUTHORIZED', new RegExp(`/cox login ${code}`)),
    });
    const typed = `${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`;
    expect(await activateLogin(fixture.store, { code: typed, user: 'U0BOB', now: fixture.clock.now() })).toBe(
      'activated',
    );
    expect((await ask('/api/whoami', undefined, 'a-new-token')).json).toEqual({ user: 'U0BOB', teamId: 'T1' });
  });

  it('gives one hash one code, and a code to one person only', async () => {
    const code = await login();
    expect(await login()).toBe(code);
    const now = fixture.clock.now();
    expect(await activateLogin(fixture.store, { code, user: 'U0BOB', now })).toBe('activated');
    expect(await activateLogin(fixture.store, { code, user: 'U0EVE', now })).toBe('unknown');
    // A command that is handled again after a crash says what it said before; an old code says nothing any more.
    const again = { code, user: 'U0BOB' };
    expect(await activateLogin(fixture.store, { ...again, now: now + 1_000 })).toBe('activated');
    expect(await activateLogin(fixture.store, { ...again, now: now + 600_000 })).toBe('unknown');
    expect((await ask('/api/logins', { tokenHash }, null)).status).toBe(409);
  });

  it('lets a code go after ten minutes', async () => {
    const code = await login();
    fixture.clock.skip(10 * 60_000);
    expect(await activateLogin(fixture.store, { code, user: 'U0BOB', now: fixture.clock.now() })).toBe('unknown');
    expect(await ask('/api/whoami', undefined, 'a-new-token')).toMatchObject({ status: 401 });
    expect(await login()).not.toBe(code);
  });

  it('knows no empty code', async () => {
    await login();
    expect(await activateLogin(fixture.store, { code: '', user: 'U0EVE', now: fixture.clock.now() })).toBe('unknown');
  });

  it('takes 30 logins a minute and bounds those that wait', async () => {
    const hashes = Array.from({ length: mostPendingLogins + 1 }, (_unused, index) => hashToken(`token ${index}`));
    for (const hash of hashes.slice(0, 30)) await login(hash);
    expect(await ask('/api/logins', { tokenHash: hashes[30] }, null)).toEqual({
      status: 429,
      json: refusal('RATE_LIMITED', /last minute/),
    });
    fixture.clock.skip(60_000);
    for (const hash of hashes.slice(30, mostPendingLogins)) await login(hash);
    expect(await ask('/api/logins', { tokenHash: hashes[mostPendingLogins] }, null)).toEqual({
      status: 429,
      json: refusal('RATE_LIMITED', /wait for their code/),
    });
    fixture.clock.skip(10 * 60_000);
    expect(await login(hashes[mostPendingLogins])).toMatch(/^.{8}$/);
    expect(await fixture.store.count(tokenKind, { name: 'state', value: 'pending' })).toBe(1);
  });

  it('takes a hash only, and keeps no token', async () => {
    expect((await ask('/api/logins', { tokenHash: 'a-new-token' }, null)).status).toBe(400);
    await login();
    await ask('/api/commands', { text: 'status' });
    expect(fixture.store.texts().join()).not.toContain(testToken);
    expect(fixture.store.texts().join()).not.toContain('a-new-token');
  });
});

describe('commands', () => {
  const send = async (text: string) => ((await ask('/api/commands', { text })).json as { id: string }).id;
  const answer = (id: string, fields: Partial<Command>) =>
    fixture.store.update(commandKind, id, (command): Command => ({
      ...command,
      state: 'answered' as const,
      ...fields,
    }));

  it('writes the words down for the executor and hints at them', async () => {
    const id = await send(' status foo ');
    expect((await fixture.store.get(commandKind, id))?.document).toEqual({
      schema: 1,
      teamId: 'T1',
      id,
      source: { surface: 'cli', user: testUser },
      request: { type: 'text', text: 'status foo' },
      createdAt: expect.any(Number) as number,
      state: 'received',
    });
    expect(hint).toHaveBeenCalledTimes(1);
  });

  it('answers at once without waitMs, and after the wait when nothing came', async () => {
    const id = await send('status');
    expect((await ask(`/api/commands/${id}`)).json).toEqual({ id, state: 'received' });
    const before = fixture.clock.now();
    expect((await ask(`/api/commands/${id}?waitMs=600000`)).json).toEqual({ id, state: 'received' });
    expect(fixture.clock.now() - before).toBe(10_000);
    expect((await ask(`/api/commands/${id}?waitMs=soon`)).status).toBe(400);
  });

  it('waits for the answer', async () => {
    const id = await send('status');
    const reply = { headline: 'All is well.', tone: 'good' } as const;
    whenWaited(() => answer(id, { reply, executionId: 'E1' }));
    const { json } = await ask(`/api/commands/${id}?waitMs=10000`);
    expect(json).toEqual({ id, state: 'answered', reply, executionId: 'E1' });
  });

  it('shows nobody the commands of others', async () => {
    const id = await send('status');
    await fixture.store.update(commandKind, id, (command) => ({
      ...command,
      source: { surface: 'cli' as const, user: 'U0EVE' },
    }));
    expect(await ask(`/api/commands/${id}`)).toEqual({ status: 404, json: refusal('NOT_FOUND', /no command/) });
  });

  it('makes a choice of the answer into a command', async () => {
    const id = await send('deploy foo prod');
    const target = { kind: 'command', id, hash: 'h1' } as const;
    const choices = [{ name: 'confirm', label: 'Deploy', target }];
    await answer(id, { reply: { headline: 'Plan', tone: 'attention', choices } });
    const { json } = await ask(`/api/commands/${id}/choices`, { name: 'confirm' });
    const made = await fixture.store.get(commandKind, (json as { id: string }).id);
    expect(made?.document.request).toEqual({ type: 'choice', name: 'confirm', target });
    expect(await ask(`/api/commands/${id}/choices`, { name: 'approve' })).toEqual({
      status: 409,
      json: refusal('ALREADY_DECIDED', /Choose one of: confirm/),
    });
  });

  it('has no choices before the answer', async () => {
    const id = await send('deploy foo prod');
    expect((await ask(`/api/commands/${id}/choices`, { name: 'confirm' })).status).toBe(409);
  });

  it('tells choices of one name apart by their words, and asks for a required answer', async () => {
    const id = await send('help');
    const run = (text: string) => ({ name: 'run', label: text, target: { kind: 'run', text } }) as const;
    const asks = { title: 'Why', label: 'Reason', submit: 'Send', required: true };
    const reject = { name: 'reject', label: 'Reject', target: { kind: 'execution', id: 'E1' }, asks } as const;
    await answer(id, { reply: { headline: 'Help', tone: 'neutral', choices: [run('status'), run('locks'), reject] } });
    const choose = (body: object) => ask(`/api/commands/${id}/choices`, body);
    expect(await choose({ name: 'run' })).toEqual({ status: 409, json: refusal('INVALID_INPUT', /'status', 'locks'/) });
    expect((await choose({ name: 'run', text: 'locks' })).status).toBe(200);
    expect(await choose({ name: 'reject' })).toEqual({ status: 400, json: refusal('INVALID_INPUT', /Reason/) });
    expect((await choose({ name: 'reject', answer: 'too late today' })).status).toBe(200);
  });

  it('takes only an answer that a choice offers', async () => {
    const id = await send('help');
    const options = ['continue', 'rollback'];
    const asks = { title: 'Approve', label: 'Which answer?', submit: 'Approve', required: true, options };
    const approve = { name: 'approve', label: 'Approve', target: { kind: 'execution', id: 'E1' }, asks } as const;
    await answer(id, { reply: { headline: 'Keep it?', tone: 'attention', choices: [approve] } });
    const choose = (body: object) => ask(`/api/commands/${id}/choices`, { name: 'approve', ...body });
    const refused = { status: 400, json: refusal('INVALID_INPUT', /One of: continue, rollback/) };
    expect(await choose({})).toEqual(refused);
    expect(await choose({ answer: 'maybe' })).toEqual(refused);
    expect((await choose({ answer: 'rollback' })).status).toBe(200);
  });

  it('ends a wait when it stops', async () => {
    const id = await send('status');
    const patient = await startApiFixture({
      store: fixture.store,
      clock: { now: () => 0, after: () => () => undefined },
    });
    const waiting = askApi(patient.url, `/api/commands/${id}?waitMs=10000`).catch(() => 'hung up');
    await askApi(patient.url, '/health');
    await patient.api.stop();
    expect(await waiting).toBe('hung up');
  });
});

describe('executions', () => {
  const put = (fields: Parameters<typeof buildExecution>[0] = {}) =>
    fixture.store.create(executionKind, 'E1', buildExecution(fields));
  const choose = (body: object) => ask('/api/executions/E1/choices', body);
  const requestOf = async (answer: { json: unknown }) =>
    (await fixture.store.get(commandKind, (answer.json as { id: string }).id))?.document.request;

  it('shows an execution with its version', async () => {
    await put();
    expect((await ask('/api/executions/E1')).json).toEqual({
      id: 'E1',
      version: 1,
      status: 'RUNNING',
      view: { headline: 'deploy foo 1.1 to prod: RUNNING', tone: 'running' },
    });
  });

  it('waits for a later version, but not once it is over', async () => {
    await put();
    whenWaited(() =>
      fixture.store.update(executionKind, 'E1', (execution) => ({ ...execution, status: 'SUCCEEDED' as const })),
    );
    const { json } = await ask('/api/executions/E1?waitMs=10000&since=1');
    expect(json).toMatchObject({ version: 2, status: 'SUCCEEDED' });
    const before = fixture.clock.now();
    expect((await ask('/api/executions/E1?waitMs=10000&since=2')).json).toMatchObject({ version: 2 });
    expect(fixture.clock.now()).toBe(before);
  });

  it('knows none of another workspace', async () => {
    await put({ teamId: 'T2' });
    expect(await ask('/api/executions/E1')).toEqual({ status: 404, json: refusal('NOT_FOUND', /no execution E1/) });
    expect((await choose({ name: 'cancelExecution' })).status).toBe(404);
  });

  it('says that a newer version wrote an execution which it cannot read', async () => {
    await fixture.store.create({ name: 'execution', indexes: () => ({}) }, 'E1', { schema: 99 });
    expect(await ask('/api/executions/E1')).toEqual({
      status: 409,
      json: refusal('DOCUMENT_TOO_NEW', /execution E1.*newer version/),
    });
  });

  it('approves the only judgment that waits', async () => {
    await put({ stages: [buildJudgment('S1', 'Go?')] });
    const target = { kind: 'execution', id: 'E1', stageId: 'S1' };
    expect(await requestOf(await choose({ name: 'approve' }))).toEqual({ type: 'choice', name: 'approve', target });
  });

  it('asks which of several judgments is meant, and takes its name', async () => {
    await put({ stages: [buildJudgment('S1', 'Go?'), buildJudgment('S2', 'Sure?')] });
    expect(await choose({ name: 'reject', answer: 'no' })).toEqual({
      status: 409,
      json: refusal('INVALID_INPUT', /'Go\?' \(S1\), 'Sure\?' \(S2\)/),
    });
    const made = await requestOf(await choose({ name: 'reject', stageId: 'Sure?', answer: 'no' }));
    expect(made).toMatchObject({ name: 'reject', answer: 'no', target: { stageId: 'S2' } });
  });

  it('refuses what is not possible', async () => {
    await put({ status: 'SUCCEEDED' });
    expect(await choose({ name: 'approve' })).toMatchObject({
      status: 409,
      json: refusal('ALREADY_DECIDED', /nothing to approve/),
    });
    expect(await choose({ name: 'cancelExecution' })).toMatchObject({
      status: 409,
      json: refusal('ALREADY_DECIDED', /over/),
    });
    expect(await choose({ name: 'skipWait' })).toMatchObject({
      status: 409,
      json: refusal('ALREADY_DECIDED', /not on offer/),
    });
  });

  it('cancels what runs', async () => {
    await put();
    expect(await requestOf(await choose({ name: 'cancelExecution', answer: 'wrong version' }))).toEqual({
      type: 'choice',
      name: 'cancelExecution',
      target: { kind: 'execution', id: 'E1' },
      answer: 'wrong version',
    });
  });
});

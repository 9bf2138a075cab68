import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { chromium, describeWithPart } from '../../support/parts';

type Json = Record<string, unknown>;
type Posted = { readonly path: string; readonly body: Json };
type Reply = { readonly ok: boolean; readonly error?: string; readonly errors?: Record<string, string> };

const pageFolder = join(__dirname, '../../../src/emulators/slack/page');
const contentTypes: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync';

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const plain = (text: string) => ({ type: 'plain_text', text, emoji: true });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
const option = (value: string) => ({ text: plain(value), value });
const approve = { type: 'button', action_id: 'approve', text: plain('Approve'), style: 'primary', value: 'e1' };
const abort = {
  type: 'button',
  action_id: 'abort',
  text: plain('Abort'),
  style: 'danger',
  value: 'e1',
  confirm: {
    title: plain('Abort the deployment?'),
    text: mrkdwn('The new server group of *foo* is destroyed.'),
    confirm: plain('Abort it'),
    deny: plain('Keep going'),
    style: 'danger',
  },
};
const region = {
  type: 'static_select',
  action_id: 'region',
  placeholder: plain('Choose a region'),
  options: ['north', 'south'].map(option),
};
const menu = { type: 'overflow', action_id: 'more', options: ['Pause', 'Show log'].map(option) };

const everyBlock = [
  { type: 'header', text: plain('Deploying foo :rocket:') },
  section('*foo* goes to _prod_ ~now~ `v42` :white_check_mark:'),
  { type: 'section', fields: [mrkdwn('*Cluster*\nfoo-prod'), mrkdwn('*Instances*\n3 of 6')] },
  { ...section('With a button'), accessory: { ...approve, action_id: 'details', text: plain('Details'), style: '' } },
  { ...section('With a picture'), accessory: { type: 'image', image_url: pixel, alt_text: 'a pixel' } },
  { type: 'context', elements: [{ type: 'image', image_url: pixel, alt_text: 'logo' }, mrkdwn('Execution `e1`')] },
  { type: 'divider' },
  { type: 'actions', block_id: 'decide', elements: [approve, abort, region, menu] },
  { type: 'image', image_url: pixel, alt_text: 'a chart', title: plain('Error rate') },
  { type: 'image', image_url: 'https://pictures.example/cat.png', alt_text: 'a picture elsewhere' },
  {
    type: 'input',
    block_id: 'note',
    label: plain('Note'),
    element: { type: 'plain_text_input', action_id: 'note', multiline: true },
  },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'rich bold', style: { bold: true } },
          { type: 'link', url: 'https://example.com/run', text: 'the run' },
          { type: 'user', user_id: 'U2' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first step' }] }],
      },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'exit 0' }] },
    ],
  },
  { type: 'hologram', text: 'from the future' },
];

const marks = [
  '> quoted line',
  '```const x = 1;\nconst y = 2;```',
  '<https://example.com/a?b=1&amp;c=2|the page> and <@U1> and <@U2> in <#C2> for <!subteam^S1|@deployers>',
  '<!date^1700000000^{date_num} {time}|a fallback> and <!date^soon^{time}|some day> a &lt;b&gt; &amp;amp; snake_case_name',
].join('\n');

const hostile = [
  '<img src=x onerror="globalThis.hacked=1"> <script>globalThis.hacked=1</script>',
  '&lt;b onmouseover=alert(1)&gt;bold&lt;/b&gt;',
  '<javascript:globalThis.hacked=1|click me> <data:text/html,hi|data link> *<vbscript:x|bold link>*',
].join('\n');

const baseTs = 1_700_000_000;
const ts = (offset: number) => `${baseTs + offset}.000100`;
const message = (offset: number, fields: Json): Json => ({
  channel: 'C1',
  ts: ts(offset),
  text: '',
  blocks: [],
  ephemeral: false,
  ...fields,
});

const ids = { blocks: ts(10), marks: ts(20), hostile: ts(30), parent: ts(40), plan: ts(60) };

function stateFor(user: string): Json {
  const own = message(50, { text: `Your request was queued, ${user}`, ephemeral: true });
  return {
    team: 'Harbour',
    me: user,
    users: [
      { id: 'U1', name: 'dev', realName: 'Dev One', role: 'developer' },
      { id: 'U2', name: 'ops', realName: 'Ops Two', role: 'operator' },
    ],
    channels: [
      { id: 'C1', name: 'deploys' },
      { id: 'C2', name: 'general' },
    ],
    commands: [
      { command: '/deploy', usageHint: '<application> [staging|prod]', description: 'Deploy an application' },
      { command: '/deploys', usageHint: '', description: 'List deployments' },
      { command: '/rollback', usageHint: '<application>', description: 'Go back to the version before' },
    ],
    bot: { id: 'UBOT', name: 'coxswain', online: true },
    messages: [
      message(10, { text: 'all blocks', blocks: everyBlock }),
      message(20, { user: 'U2', text: marks }),
      message(30, { user: 'U2', text: hostile, blocks: [section(hostile)] }),
      message(40, { user: 'U1', text: 'Who deploys today?' }),
      message(45, { user: 'U2', text: 'I do', threadTs: ids.parent }),
      own,
      message(60, { text: 'plan', blocks: [section('Waiting for a decision'), everyBlock[7]] }),
      message(5, { channel: 'C2', user: 'U2', text: 'Welcome' }),
    ],
  };
}

/** Serves the page and canned state, keeps what the page posts, and sends events on demand. */
class StubChat {
  readonly posts: Posted[] = [];
  readonly requested: string[] = [];
  state = stateFor;
  reply: Reply = { ok: true };
  readonly #streams = new Set<{ user: string; response: ServerResponse }>();
  readonly #server: Server = createServer((request, response) => this.#handle(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/chat/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  readonly listeners = (user: string) => [...this.#streams].filter((stream) => stream.user === user).length;

  emit(event: string, data: unknown): void {
    for (const { response } of this.#streams) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  dropStreams(): void {
    for (const { response } of this.#streams) response.destroy();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://stub');
    const path = url.pathname.replace('/chat/', '');
    this.requested.push(path);
    const user = url.searchParams.get('user') ?? 'U1';
    if (path === 'api/state') this.#json(response, this.state(user));
    else if (path === 'api/events') this.#stream(user, response);
    else if (path.startsWith('api/')) this.#post(path.slice(4), request, response);
    else this.#file(path === '' ? 'index.html' : path, response);
  }

  #stream(user: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 50\n\n');
    const stream = { user, response };
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
  }

  #post(path: string, request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      this.posts.push({ path, body: JSON.parse(text) as Json });
      this.#json(response, this.reply);
    });
  }

  #json(response: ServerResponse, body: unknown): void {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #file(path: string, response: ServerResponse): void {
    const file = join(pageFolder, normalize(path));
    response.writeHead(200, { 'content-type': contentTypes[extname(file)] }).end(readFileSync(file));
  }
}

describeWithPart(chromium, 'the chat page of the Slack emulator', (executablePath) => {
  jest.setTimeout(30_000);
  let browser: Browser;
  let page: Page;
  let chat: StubChat;
  let address: string;
  let problems: string[];

  // One page for all: each test has a server of its own, so an origin of its own with nothing kept in it.
  beforeAll(async () => {
    browser = await playwright.launch({ executablePath, args: flags.split(' ') });
    page = await browser.newPage({ timezoneId: 'UTC' });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => line.type() === 'error' && problems.push(line.text()));
    page.setDefaultTimeout(5000);
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    chat = new StubChat();
    address = await chat.start();
    problems = [];
    await page.setViewportSize({ width: 1280, height: 800 });
    await open('');
  });
  afterEach(async () => {
    await page.goto('about:blank');
    await chat.stop();
    expect(problems).toEqual([]);
  });

  async function open(hash: string): Promise<void> {
    await page.goto(`${address}${hash}`);
    await page.getByText('Connected', { exact: true }).waitFor();
  }

  const inLog = (messageTs: string) => page.locator(`#log [data-testid=message][data-ts="${messageTs}"]`);
  const composer = () => page.getByTestId('composer');
  const focusedAction = () => page.evaluate<unknown>('document.activeElement.dataset.actionId');
  const clicks = () => chat.posts.filter(({ path }) => path === 'click');

  async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
    const tries = 250;
    for (let each = 0; each < tries; each += 1) {
      if (await isTrue()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('The page did not get there within five seconds.');
  }

  async function seriousViolations(): Promise<unknown> {
    await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    return page.evaluate(`axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => ({ id, targets: nodes.map((node) => node.html) })))`);
  }

  describe('messages', () => {
    it('shows every kind of block', async () => {
      const blocks = inLog(ids.blocks);
      expect(await blocks.locator('h3').innerText()).toContain('Deploying foo');
      expect(await blocks.locator('strong', { hasText: /^foo$/ }).count()).toBe(1);
      expect(await blocks.locator('em').first().innerText()).toBe('prod');
      expect(await blocks.locator('s').innerText()).toBe('now');
      expect(await blocks.locator('code', { hasText: 'v42' }).count()).toBe(1);
      expect(await blocks.getByRole('img', { name: 'white check mark' }).count()).toBe(1);
      expect(await blocks.locator('.fields .text').count()).toBe(2);
      expect(await blocks.locator('.accessory [data-action-id=details]').innerText()).toBe('Details');
      expect(await blocks.getByAltText('a pixel').count()).toBe(1);
      expect(await blocks.locator('.context').first().innerText()).toContain('Execution e1');
      expect(await blocks.locator('hr').count()).toBe(1);
      expect(await blocks.locator('.button-primary[data-action-id=approve]').innerText()).toBe('Approve');
      expect(await blocks.locator('.button-danger[data-action-id=abort]').innerText()).toBe('Abort');
      const regions = await blocks.locator('select[data-action-id=region] option').allInnerTexts();
      expect(regions).toEqual(['Choose a region', 'north', 'south']);
      expect(await blocks.locator('figure figcaption').innerText()).toBe('Error rate');
      expect(await blocks.getByLabel('Note').getAttribute('data-type')).toBe('plain_text_input');
      expect(await blocks.locator('.rich-text').innerText()).toContain('rich boldthe run@ops');
      expect(await blocks.locator('.rich-text ol li').innerText()).toBe('first step');
      expect(await blocks.locator('.fallback summary').innerText()).toBe('Unsupported block: hologram');
    });

    it('links to pictures elsewhere and requests nothing from there', async () => {
      const elsewhere = inLog(ids.blocks).getByRole('link', { name: 'a picture elsewhere' });
      expect(await elsewhere.getAttribute('href')).toBe('https://pictures.example/cat.png');
      expect(chat.requested.filter((path) => path.includes('cat'))).toEqual([]);
    });

    it('shows mrkdwn in a message that has text only', async () => {
      const text = inLog(ids.marks);
      expect(await text.locator('blockquote').innerText()).toBe('quoted line');
      expect(await text.locator('pre').innerText()).toBe('const x = 1;\nconst y = 2;');
      expect(await text.getByRole('link', { name: 'the page' }).getAttribute('href')).toBe(
        'https://example.com/a?b=1&c=2',
      );
      expect(await text.locator('.mention').allInnerTexts()).toEqual(['@dev', '@ops', '#general', '@deployers']);
      expect(await text.locator('.mention-me').innerText()).toBe('@dev');
      expect(await text.locator('.text').innerText()).toContain(
        '14/11/2023 22:13 and some day a <b> &amp; snake_case_name',
      );
    });

    it('keeps hostile text text', async () => {
      const text = inLog(ids.hostile);
      expect(await text.locator('.text').innerText()).toContain('<b onmouseover=alert(1)>bold</b>');
      expect(await text.locator('.text').innerText()).toContain('<script>');
      expect(await text.locator('.text img, .text script, .text b').count()).toBe(0);
      const hrefs = await page.evaluate<string[]>('[...document.links].map((link) => link.href)');
      expect(hrefs.filter((href) => /^(?:javascript|data|vbscript):/i.test(href))).toEqual([]);
      expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    });

    it('marks what only the viewer sees', async () => {
      const own = page.locator('[data-testid=message][data-ephemeral=true]');
      expect(await own.count()).toBe(1);
      expect(await own.innerText()).toContain('Only visible to you');
    });

    it('edits a message in place and keeps the focus in it', async () => {
      await inLog(ids.plan).locator('[data-action-id=abort]').focus();
      const renamed = { ...abort, text: plain('Abort now') };
      const blocks = [section('Half of the traffic moved'), { type: 'actions', elements: [approve, renamed] }];
      chat.emit('message_changed', message(60, { text: 'plan', blocks, edited: true }));
      await inLog(ids.plan).getByText('Half of the traffic moved').waitFor();
      expect(await inLog(ids.plan).innerText()).toContain('(edited)');
      expect(await inLog(ids.plan).count()).toBe(1);
      expect(await focusedAction()).toBe('abort');
      expect(await page.locator(':focus').innerText()).toBe('Abort now');
    });

    it('adds and deletes messages as events arrive, and counts the unread ones of other channels', async () => {
      chat.emit('message', message(70, { text: 'Done' }));
      chat.emit('message', message(71, { channel: 'C2', text: 'Elsewhere' }));
      await inLog(ts(70)).waitFor();
      await page.getByTestId('channel-general').getByTestId('unread').waitFor();
      chat.emit('message_deleted', { channel: 'C1', ts: ts(70) });
      await inLog(ts(70)).waitFor({ state: 'detached' });
      await page.getByTestId('channel-general').click();
      await page.getByText('Elsewhere').waitFor();
      expect(await page.getByTestId('unread').count()).toBe(0);
    });

    it('fetches the state again after the connection was lost', async () => {
      chat.state = (user) => ({ ...stateFor(user), messages: [message(80, { text: 'Missed meanwhile' })] });
      chat.dropStreams();
      await page.getByText('Missed meanwhile').waitFor();
      problems = problems.filter((problem) => !problem.includes('ERR_'));
    });

    it('shows a notice as a toast, and whether the bot is there', async () => {
      chat.state = (user) => ({ ...stateFor(user), bot: { id: 'UBOT', name: 'coxswain', online: false } });
      chat.emit('notice', { text: 'The bot left' });
      await page.getByTestId('toast').getByText('The bot left').waitFor();
      await page.getByRole('navigation').getByRole('img', { name: 'offline' }).waitFor();
    });
  });

  describe('actions', () => {
    it('posts a click with the message, action and value', async () => {
      await inLog(ids.plan).locator('[data-action-id=approve]').click();
      await until(() => clicks().length === 1);
      expect(clicks()[0]?.body).toEqual({
        user: 'U1',
        channel: 'C1',
        ts: ids.plan,
        actionId: 'approve',
        blockId: 'decide',
        value: 'e1',
      });
    });

    it('posts a click that needs confirmation only once it is confirmed', async () => {
      await inLog(ids.plan).locator('[data-action-id=abort]').click();
      await page.getByTestId('dialog').getByText('The new server group of foo is destroyed.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('dialog').waitFor({ state: 'hidden' });
      expect(clicks()).toEqual([]);
      expect(await focusedAction()).toBe('abort');
      await page.keyboard.press('Enter');
      await page.getByTestId('dialog-confirm').click();
      await until(() => clicks().length === 1);
      expect(clicks()[0]?.body).toMatchObject({ actionId: 'abort', ts: ids.plan });
    });

    it('posts the chosen option of a select and of a menu that is opened by keyboard', async () => {
      await inLog(ids.plan).locator('[data-action-id=region]').selectOption('south');
      await until(() => clicks().length === 1);
      await inLog(ids.plan).locator('[data-action-id=more]').press('Enter');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await until(() => clicks().length === 2);
      expect(clicks().map(({ body }) => [body.actionId, body.selectedOption])).toEqual([
        ['region', option('south')],
        ['more', option('Show log')],
      ]);
    });

    it('tells why the server refused', async () => {
      chat.reply = { ok: false, error: 'The bot did not answer in 3 seconds' };
      await inLog(ids.plan).locator('[data-action-id=approve]').click();
      await page.getByTestId('toast').getByText('The bot did not answer in 3 seconds').waitFor();
    });
  });

  describe('the message box', () => {
    it('completes a command by keyboard, shows its usage and sends it', async () => {
      await composer().pressSequentially('/');
      const options = page.getByRole('listbox').getByRole('option');
      expect(await options.count()).toBe(3);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await page.locator('[role=option][aria-selected=true]').innerText()).toContain('/rollback');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Tab');
      expect(await composer().inputValue()).toBe('/deploy ');
      expect(await page.getByTestId('usage').innerText()).toContain('<application>');
      await composer().pressSequentially('foo pr');
      expect(await options.allInnerTexts()).toEqual(['prod']);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await until(() => chat.posts.length === 1);
      expect(chat.posts[0]).toEqual({ path: 'message', body: { user: 'U1', channel: 'C1', text: '/deploy foo prod' } });
      expect(await composer().inputValue()).toBe('');
    });

    it('closes the list with Escape, sends a complete command with Enter and brings it back with ArrowUp', async () => {
      await composer().pressSequentially('/dep');
      await page.keyboard.press('Escape');
      expect(await page.getByRole('listbox').count()).toBe(0);
      await composer().fill('/deploys');
      await composer().press('Enter');
      await until(() => chat.posts.length === 1);
      expect(chat.posts[0]?.body.text).toBe('/deploys');
      await composer().press('ArrowUp');
      expect(await composer().inputValue()).toBe('/deploys');
    });

    it('gives a refused text back', async () => {
      chat.reply = { ok: false, error: 'No such channel' };
      await composer().fill('hello');
      await page.getByTestId('send').click();
      await page.getByTestId('toast').waitFor();
      expect(await composer().inputValue()).toBe('hello');
    });
  });

  describe('places', () => {
    it('keeps the channel when the user is switched, and both over a reload', async () => {
      await page.getByTestId('channel-general').click();
      await page.getByTestId('user-switch-U2').click();
      await page.locator('[data-testid=user-switch-U2][aria-current]').waitFor();
      expect(await page.locator('#channel-title').innerText()).toBe('#general');
      await until(() => chat.listeners('U2') === 1 && chat.listeners('U1') === 0);
      await page.reload();
      await page.locator('[data-testid=user-switch-U2][aria-current]').waitFor();
      expect(await page.locator('#channel-title').innerText()).toBe('#general');
      expect(new URL(page.url()).hash).toBe('#user=U2&channel=C2');
    });

    it('shows each user their own ephemeral messages', async () => {
      await page.getByTestId('user-switch-U2').click();
      await page.getByText('queued, U2').waitFor();
      expect(await page.getByText('queued, U1').count()).toBe(0);
    });

    it('opens a thread beside the channel, replies in it and closes it', async () => {
      await inLog(ids.parent).getByTestId('open-thread').click();
      const thread = page.getByTestId('thread');
      await thread.getByText('I do').waitFor();
      expect(await inLog(ts(45)).count()).toBe(0);
      await page.getByTestId('thread-composer').fill('Thanks');
      await page.getByTestId('thread-composer').press('Enter');
      await until(() => chat.posts.length === 1);
      expect(chat.posts[0]?.body).toMatchObject({ text: 'Thanks', threadTs: ids.parent });
      await page.keyboard.press('Escape');
      await thread.waitFor({ state: 'hidden' });
    });
  });

  describe('modals', () => {
    const view = {
      id: 'V1',
      type: 'modal',
      title: plain('Deploy'),
      submit: plain('Go'),
      close: plain('Cancel'),
      blocks: [
        section('What shall be *deployed*?'),
        {
          type: 'input',
          block_id: 'version',
          label: plain('Version'),
          hint: plain('A tag of the image'),
          element: { type: 'plain_text_input', action_id: 'version' },
        },
        {
          type: 'input',
          block_id: 'target',
          label: plain('Target'),
          element: { type: 'static_select', action_id: 'target', options: ['staging', 'prod'].map(option) },
        },
        {
          type: 'input',
          block_id: 'reason',
          optional: true,
          label: plain('Reason'),
          element: { type: 'plain_text_input', action_id: 'reason', multiline: true },
        },
      ],
    };
    const modal = () => page.getByTestId('modal');
    const openModal = async () => {
      chat.emit('view', { view });
      await modal().getByText('What shall be deployed?').waitFor();
    };

    it('refuses empty required fields without asking the server', async () => {
      await openModal();
      await page.getByTestId('modal-submit').click();
      expect(await modal().locator('.field-error:visible').count()).toBe(2);
      expect(chat.posts).toEqual([]);
    });

    it("shows the server's errors at their fields, then submits", async () => {
      await openModal();
      await modal().getByLabel('Version').fill('v9');
      await modal().getByLabel('Target').selectOption('prod');
      chat.reply = { ok: false, errors: { version: 'There is no image v9' } };
      await page.getByTestId('modal-submit').click();
      await modal().getByText('There is no image v9').waitFor();
      expect(await page.locator(':focus').getAttribute('data-action-id')).toBe('version');
      expect(await page.locator(':focus').getAttribute('aria-invalid')).toBe('true');
      expect(await seriousViolations()).toEqual([]);
      chat.reply = { ok: true };
      await page.getByTestId('modal-submit').click();
      await modal().waitFor({ state: 'hidden' });
      expect(chat.posts.at(-1)).toEqual({
        path: 'view/submit',
        body: {
          user: 'U1',
          viewId: 'V1',
          values: {
            version: { version: { type: 'plain_text_input', value: 'v9' } },
            target: { target: { type: 'static_select', value: 'prod' } },
            reason: { reason: { type: 'plain_text_input', value: '' } },
          },
        },
      });
    });

    it('keeps typed values when the view is updated, and closes when the server takes it away', async () => {
      await openModal();
      await modal().getByLabel('Version').fill('v10');
      chat.emit('view', { view: { ...view, blocks: [section('Now: deploy'), ...view.blocks.slice(1)] } });
      await modal().getByText('Now: deploy').waitFor();
      expect(await modal().getByLabel('Version').inputValue()).toBe('v10');
      chat.emit('view', { view: null });
      await modal().waitFor({ state: 'hidden' });
    });

    it('tells the server that it was closed with Escape', async () => {
      await openModal();
      await page.keyboard.press('Escape');
      await modal().waitFor({ state: 'hidden' });
      await until(() => chat.posts.length === 1);
      expect(chat.posts[0]).toEqual({ path: 'view/close', body: { user: 'U1', viewId: 'V1' } });
    });
  });

  describe('everyone', () => {
    it.each(['light', 'dark'] as const)('finds nothing serious wrong with accessibility in %s', async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await inLog(ids.parent).getByTestId('open-thread').click();
      await composer().pressSequentially('/');
      await page.getByRole('listbox').getByRole('option').first().waitFor();
      expect(await seriousViolations()).toEqual([]);
    });

    it('fits a phone: nothing scrolls sideways and the users are behind the menu button', async () => {
      await page.setViewportSize({ width: 420, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(420);
      await page.getByRole('button', { name: 'Open the sidebar' }).click();
      await page.getByTestId('user-switch-U2').click();
      await page.getByText('Your request was queued, U2').waitFor();
      await page.getByTestId('user-switch-U2').waitFor({ state: 'hidden' });
      expect(await seriousViolations()).toEqual([]);
    });
  });
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as playwright, type Browser, type Locator, type Page } from 'playwright-core';
import { approver, fooChannel, requester, startDemo, type Demo } from '../support/demo-harness';
import { createdApps } from '../support/dcos-view';
import { chromium, describeWithPart } from '../support/parts';
import { postedIds } from '../support/slack-view';
import { waitFor } from '../support/wait-for';

const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync';
const pictures = join(__dirname, '../.artifacts');
const v000 = '/prod/east/foo-prod-v000';
const v001 = '/prod/east/foo-prod-v001';

describeWithPart(chromium, 'a deployment from the chat page, with the bot killed in the middle', (executablePath) => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  const picture = (name: string) => page.screenshot({ path: join(pictures, `journey-${name}.png`) });
  const messages = () => page.locator('#log').getByTestId('message');
  const last = (text: string | RegExp): Locator => messages().filter({ hasText: text }).last();
  const sees = (text: string | RegExp, timeout = 15_000) => last(text).waitFor({ timeout });
  const press = (within: Locator, name: string) => within.locator(`[data-action-id^="choice:${name}"]`).last().click();
  const become = async (user: string) => {
    await page.getByTestId(`user-switch-${user}`).click();
    await page.getByTestId('channel-foo-deploys').click();
  };
  const type = async (text: string) => {
    await page.getByTestId('composer').fill(text);
    await page.getByTestId('send').click();
  };

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    [demo, browser] = await Promise.all([startDemo(), playwright.launch({ executablePath, args: flags.split(' ') })]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(demo.addresses.chat);
    await become(requester);
  }, 60_000);
  afterAll(async () => {
    await Promise.allSettled([browser.close(), demo.stop()]);
  }, 20_000);

  it('plans, starts, survives a kill and finishes the same message', async () => {
    await type('/deploy foo prod 1.1');
    await sees('Deploy foo to prod: 1.0 → 1.1');
    await picture('1-plan');
    await press(last('Deploy foo to prod'), 'confirm');
    await sees(/Deploy foo 1\.1 to prod · running/);
    await waitFor('the creation to reach DC/OS', async () => createdApps(await demo.dcos.mutations()).length === 1);
    const live = last(/Deploy foo 1\.1 to prod · running/);
    const ts = await live.getAttribute('data-ts');
    await picture('2-progress');

    const pid = demo.botPid();
    demo.killBot();
    await demo.botAfter(pid);
    await page
      .locator(`#log [data-ts="${ts}"]`)
      .filter({ hasText: 'waiting for a decision' })
      .waitFor({ timeout: 40_000 });
    await picture('3-judgment');
    expect(createdApps(await demo.dcos.mutations())).toEqual([v001]);
    const ids = postedIds(await demo.slack.posted(fooChannel));
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.filter((id) => id.endsWith('/live'))).toHaveLength(1);
  }, 80_000);

  it('asks the approver, who approves; then the new group serves and the old is disabled', async () => {
    await become(approver);
    await press(last('waiting for a decision'), 'approve');
    await page.getByTestId('dialog').waitFor();
    await picture('4-confirm');
    await page.getByTestId('dialog-confirm').click();
    await sees(/Deploy foo 1\.1 to prod · done/);
    await picture('5-done');
    await last(/Deploy foo 1\.1 to prod · done/)
      .getByTestId('open-thread')
      .click();
    await page.getByTestId('thread').waitFor();
    await page.locator('#thread-log').getByText('was approved by').first().waitFor();
    await picture('6-thread');

    expect(await demo.dcos.app(v001)).toMatchObject({ instances: 4, tasksHealthy: 4 });
    expect(await demo.dcos.app(v000)).toMatchObject({ instances: 0, tasksRunning: 0 });
  }, 40_000);

  it('goes back, and says so when there is nothing to go back to', async () => {
    await become(requester);
    await type('/rollback foo prod');
    await sees('Roll back foo prod: 1.1 → 1.0 (v000)');
    await picture('7-rollback-plan');
    await press(last('Roll back foo prod: 1.1'), 'confirm');
    await sees(/Roll back foo prod to 1\.0 · done/, 30_000);
    await picture('8-rollback-done');
    expect(await demo.dcos.app(v000)).toMatchObject({ instances: 4, tasksHealthy: 4 });
    expect(await demo.dcos.app(v001)).toMatchObject({ instances: 0 });

    const before = await demo.dcos.mutations();
    await type('/rollback foo prod');
    await sees('There is no earlier version of foo prod that succeeded');
    await picture('9-nothing-earlier');
    expect(await demo.dcos.mutations()).toEqual(before);
  }, 60_000);

  it('resizes and tells the status', async () => {
    await type('/resize foo prod 5');
    await sees('foo prod: 4 → 5');
    await press(last('foo prod: 4 → 5'), 'confirm');
    await sees(/Resize foo prod from 4 to 5 · done/, 30_000);
    expect(await demo.dcos.app(v000)).toMatchObject({ instances: 5, tasksHealthy: 5 });
    await type('/cox status foo');
    await sees('foo: nothing is under way.');
    await sees(/foo-prod-v000.*5\/5/s);
    await picture('10-status');
    await page.setViewportSize({ width: 420, height: 800 });
    await page.reload();
    await sees('foo: nothing is under way.');
    await picture('11-narrow');
    expect(complaints).toEqual([]);
  }, 60_000);
});

import { post } from './api.js';
import { avatar } from './avatar.js';
import { createComposer } from './composer.js';
import { setDirectory } from './directory.js';
import { byId, el, icon } from './dom.js';
import { followEnd, scrollToEnd, showChannel, showThread } from './message-list.js';
import { showModal, wireModal } from './modal.js';
import { goTo, placeHash, readPlace } from './place.js';
import { showSidebar, wireDrawer } from './sidebar.js';
import { isDirect, Store } from './store.js';
import { toast } from './toasts.js';

const store = new Store({ onChange: render, onNotice: (text) => toast(text) });
const commands = () => store.state?.commands ?? [];
const composer = createComposer({ commands, send: (text) => sendMessage(text) });
const threadComposer = createComposer({ prefix: 'thread-', commands, send: (text) => sendMessage(text, store.thread) });

async function sendMessage(text, threadTs) {
  const reply = await post('message', { user: store.userId, channel: store.channel, text, threadTs });
  return reply.ok;
}

const place = () => ({ user: store.userId, channel: store.channel });
const openThread = (thread) => {
  goTo({ ...place(), thread });
  if (thread === store.thread) threadComposer.focus();
};

function render() {
  if (store.state === undefined) return;
  setDirectory(store);
  showSidebar(store);
  showHead();
  const hasNews = showChannel(byId('log'), store, { openThread });
  if (hasNews) byId('jump').hidden = false;
  renderThread();
  showModal(store.state.view);
}

function showHead() {
  const channel = store.allChannels().find(({ id }) => id === store.channel);
  const user = store.state.users.find(({ id }) => id === store.userId);
  const title = isDirect(channel.id) ? channel.name : `#${channel.name}`;
  byId('channel-title').textContent = title;
  byId('thread-channel').textContent = title;
  composer.setPlaceholder(`Message ${title}`);
  threadComposer.setPlaceholder('Reply in thread');
  const name = user.realName || user.name;
  byId('bar-me').replaceChildren(avatar(user.id, name, 'avatar-small'), el('span', { class: 'bar-me-name' }, name));
  const unread = store.allChannels().reduce((sum, { id }) => sum + store.unread(id), 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${title} · ${byId('workspace-name').textContent}`;
}

function renderThread() {
  const pane = byId('thread');
  const wasHidden = pane.hidden;
  pane.hidden = store.thread === undefined;
  byId('app').classList.toggle('thread-open', !pane.hidden);
  if (pane.hidden) return;
  showThread(byId('thread-log'), store, { openThread });
  if (wasHidden) threadComposer.focus();
}

function closeThread() {
  const parent = byId('log').querySelector(`[data-ts="${CSS.escape(store.thread)}"] .thread-link`);
  goTo(place());
  parent?.focus();
}

async function openPlace() {
  try {
    await store.open(readPlace());
    history.replaceState(null, '', placeHash({ ...place(), thread: store.thread }));
  } catch {
    toast('The chat server cannot be reached. Start the demo, then reload this page.', 'error');
  }
}

function wire() {
  byId('composer-slot').append(composer.form);
  byId('thread-composer-slot').append(threadComposer.form);
  byId('thread-close').append(icon('close'));
  byId('thread-close').addEventListener('click', closeThread);
  byId('thread').addEventListener('keydown', (event) => {
    const isForMenu = document.querySelector('.menu:popover-open') !== null;
    if (event.key === 'Escape' && !event.defaultPrevented && !isForMenu) closeThread();
  });
  byId('jump').addEventListener('click', () => scrollToEnd(byId('log')));
  followEnd(byId('log'), () => {
    byId('jump').hidden = true;
  });
  followEnd(byId('thread-log'), () => {});
  byId('skip-link').addEventListener('click', (event) => {
    event.preventDefault();
    composer.focus();
  });
  wireDrawer();
  wireModal(() => {
    store.state = { ...store.state, view: null };
  });
  addEventListener('hashchange', openPlace);
}

wire();
openPlace().then(() => composer.focus());

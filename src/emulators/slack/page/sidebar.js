import { avatar } from './avatar.js';
import { byId, el, icon, reconcile } from './dom.js';
import { goTo } from './place.js';
import { isDirect } from './store.js';

/** Draws the workspace, its channels with unread counts, the bot, and the people one can look through the eyes of. */
export function showSidebar(store) {
  const { state } = store;
  const team = state.team?.name ?? state.team;
  byId('workspace-name').textContent = team;
  byId('workspace-mark').textContent = team.slice(0, 1).toUpperCase();
  byId('connection').textContent = store.connected ? 'Connected' : 'Reconnecting…';
  byId('connection').classList.toggle('is-down', !store.connected);
  const channels = store.allChannels();
  reconcile(
    byId('channel-list'),
    channels.filter(({ id }) => !isDirect(id)).map((channel) => channelRow(channel, store)),
  );
  const direct = channels.filter(({ id }) => isDirect(id));
  reconcile(
    byId('direct-list'),
    direct.length > 0 ? direct.map((channel) => channelRow(channel, store)) : [botRow(state.bot)],
  );
  reconcile(
    byId('user-list'),
    state.users.map((user) => userRow(user, store)),
  );
}

/** A list row whose button stays while its content is redrawn. */
function buttonRow(key, testId, props, fill) {
  return {
    key,
    create: () =>
      el('li', {}, el('button', { class: 'sidebar-item', type: 'button', 'data-testid': testId, ...props })),
    update: (row) => fill(row.firstElementChild),
  };
}

function channelRow(channel, store) {
  const open = () => goTo({ user: store.userId, channel: channel.id });
  return buttonRow(channel.id, `channel-${channel.name}`, { onclick: open }, (button) => {
    const unread = store.unread(channel.id);
    markCurrent(button, channel.id === store.channel, 'page');
    button.classList.toggle('is-unread', unread > 0);
    button.replaceChildren(
      isDirect(channel.id) ? presence(store.state.bot) : el('span', { class: 'hash', 'aria-hidden': 'true' }, '#'),
      el('span', { class: 'sidebar-label' }, channel.name),
      unread > 0 ? unreadBadge(unread) : '',
    );
  });
}

const unreadBadge = (count) =>
  el(
    'span',
    { class: 'unread', 'data-testid': 'unread' },
    String(count),
    el('span', { class: 'visually-hidden' }, ' unread'),
  );

function presence(bot) {
  const text = bot.online ? 'online' : 'offline';
  return el('span', { class: `presence ${text}`, role: 'img', 'aria-label': text, title: text });
}

function botRow(bot) {
  const fill = (row) => row.replaceChildren(presence(bot), el('span', { class: 'sidebar-label' }, bot.name));
  return { key: 'bot', create: () => el('li', { class: 'sidebar-item is-plain' }), update: fill };
}

function userRow(user, store) {
  const name = user.realName || user.name;
  const switchTo = () => goTo({ user: user.id, channel: store.channel });
  return buttonRow(user.id, `user-switch-${user.id}`, { onclick: switchTo }, (button) => {
    markCurrent(button, user.id === store.userId, 'true');
    button.replaceChildren(
      avatar(user.id, name, 'avatar-small'),
      el('span', { class: 'sidebar-label' }, name),
      user.role ? el('span', { class: 'badge' }, user.role) : '',
    );
  });
}

function markCurrent(button, isCurrent, value) {
  if (isCurrent) button.setAttribute('aria-current', value);
  else button.removeAttribute('aria-current');
}

/** Wires the drawer that holds the sidebar on a narrow screen. */
export function wireDrawer() {
  const [menu, scrim, app] = [byId('menu-button'), byId('scrim'), byId('app')];
  menu.append(icon('menu'));
  const setOpen = (isOpen) => {
    app.classList.toggle('drawer-open', isOpen);
    scrim.hidden = !isOpen;
    menu.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) byId('sidebar').querySelector('[aria-current]')?.focus();
  };
  menu.addEventListener('click', () => setOpen(true));
  scrim.addEventListener('click', () => setOpen(false));
  byId('sidebar').addEventListener('click', (event) => event.target.closest('button') && setOpen(false));
  byId('sidebar').addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || scrim.hidden) return;
    setOpen(false);
    menu.focus();
  });
}

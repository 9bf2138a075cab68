import { toast } from './toasts.js';

const base = new URL('api/', document.baseURI);

function address(path, user) {
  const url = new URL(path, base);
  if (user) url.searchParams.set('user', user);
  return url;
}

/** The whole state as this user sees it; without a user, as the first one does. */
export async function fetchState(user) {
  const response = await fetch(address('state', user));
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return response.json();
}

/** Posts JSON. A failure is told to the person and returned as `{ok: false}`, never thrown. */
export async function post(path, body) {
  try {
    const response = await fetch(address(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return explain(response, await response.json().catch(() => ({})));
  } catch {
    toast('The chat server cannot be reached. Is the demo still running?', 'error');
    return { ok: false };
  }
}

function explain(response, reply) {
  const ok = response.ok && reply.ok !== false;
  if (!ok && !reply.errors) toast(reply.error ?? `The server answered ${response.status}`, 'error');
  return { ...reply, ok };
}

const retryMs = 2000;
const eventNames = ['message', 'message_changed', 'message_deleted', 'view', 'notice'];

/**
 * Listens to a user's events until the returned function is called. `onOpen` runs at each (re)connection, since events
 * were missed before it. The browser reconnects by itself except after an HTTP error, which is retried here.
 */
export function listen(user, { onOpen, onEvent, onDown }) {
  let source;
  let retry;
  const connect = () => {
    source = new EventSource(address('events', user));
    source.onopen = onOpen;
    source.onerror = () => {
      onDown();
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, retryMs);
    };
    for (const name of eventNames) source.addEventListener(name, (event) => onEvent(name, JSON.parse(event.data)));
  };
  connect();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

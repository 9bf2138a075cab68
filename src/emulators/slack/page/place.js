/** Where the page stands, kept in the address so that a reload and the back button return there. */
export function readPlace() {
  const fields = new URLSearchParams(location.hash.slice(1));
  return {
    user: fields.get('user') ?? undefined,
    channel: fields.get('channel') ?? undefined,
    thread: fields.get('thread') ?? undefined,
  };
}

export function placeHash({ user, channel, thread }) {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries({ user, channel, thread })) if (value) fields.set(name, value);
  return `#${fields}`;
}

/** Goes to a place; the `hashchange` listener in main.js does the rest. */
export function goTo(place) {
  location.hash = placeHash(place);
}

/**
 * What may be shown of a text that a team wrote: all of it, or all up to the host of the first URL in it. The rest of a URL
 * may hold secrets, however it is put together.
 */
export function withoutUrls(text: string): string {
  const found = /https?:\/\//i.exec(text);
  if (found === null) return text;
  const [host = ''] = /^[^\s/?#"'${}]*/.exec(text.slice(found.index + found[0].length)) ?? [];
  return `${text.slice(0, found.index)}${found[0]}${host.slice(host.lastIndexOf('@') + 1)}/…`;
}

/** Reads JSON, sending `body` as JSON where there is one; `T` is what the caller knows of the answer. */
export async function fetchJson<T>(
  url: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<T> {
  const content =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, { method, ...content });
  const text = await response.text();
  return (text === '' ? {} : JSON.parse(text)) as T;
}

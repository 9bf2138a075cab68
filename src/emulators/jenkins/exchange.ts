/** A request to the core. */
export type EmulatorRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
};

/** What the core answers. */
export type EmulatorResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An answer of text. */
export const respond = (status: number, type: string, body: string, headers: EmulatorResponse['headers'] = {}) => ({
  status,
  headers: { 'Content-Type': type, ...headers },
  body,
});

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A page as a browser would show it. */
export const page = (status: number, title: string, headers: EmulatorResponse['headers'] = {}): EmulatorResponse =>
  respond(
    status,
    'text/html;charset=utf-8',
    `<html><head><title>${escape(title)}</title></head><body><h2>${escape(title)}</h2></body></html>`,
    headers,
  );

/** An error as Jenkins shows it: never JSON. */
export const failure = (status: number, message: string): EmulatorResponse =>
  page(status, `Error ${status} ${message}`);

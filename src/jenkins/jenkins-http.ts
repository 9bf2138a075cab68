import { z } from 'zod';
import type { HttpClient, HttpReply, HttpRequest } from '../http-client/http-client';
import { redactError } from '../http-client/redact';
import type { JenkinsAuth } from '../model/application';
import { CoxswainError } from '../model/errors';
import { asJenkinsFailure, isDoneByRedirect, isForbidden } from './jenkins-failure';

/** Requests to Jenkins; `what` says in messages what was tried: `start a build of ship`. */
export type JenkinsHttp = {
  readonly host: string;
  /** Reads JSON, only the fields of `tree`. Throws SERVER_ERROR for an answer of unknown shape. */
  readonly read: <T extends z.ZodType>(schema: T, what: string, request: ReadRequest) => Promise<z.output<T>>;
  /** Reads text; undefined where it is longer than `maxBytes`. */
  readonly readText: (what: string, request: TextRequest) => Promise<string | undefined>;
  /**
   * Acts, with a crumb where Jenkins gives crumbs out. A redirect to a page other than a login counts as done. Sent a second
   * time only where the first was refused with 403, for want of a fresh crumb.
   */
  readonly post: (what: string, path: string, options?: PostOptions) => Promise<Pick<HttpReply, 'headers'>>;
};

/** What is read: `tree` as Jenkins's remote API has it. */
export type ReadRequest = { readonly path: string; readonly tree: string; readonly signal?: AbortSignal | undefined };

/** What is read as text, and how much of it can be used. */
export type TextRequest = {
  readonly path: string;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
};

/** The query and the form that an action is sent with. */
export type PostOptions = {
  readonly form?: Readonly<Record<string, string>>;
  readonly query?: HttpRequest['query'];
  readonly signal?: AbortSignal | undefined;
};

type Headers = Readonly<Record<string, string>>;

const crumbSchema = z.object({ crumb: z.string(), crumbRequestField: z.string() });

/** A crumb is good in its session only (Jenkins since 2.176.2), which a cookie names. */
const sessionOf = (headers: Headers): Headers => {
  const cookie = /JSESSIONID[^=;,\s]*=[^;,\s]*/.exec(headers['set-cookie'] ?? '')?.[0];
  return cookie === undefined ? {} : { Cookie: cookie };
};

/** Reads a reply, or says what is wrong with it. */
function understand<T extends z.ZodType>(host: string, schema: T, what: string, reply: HttpReply): z.output<T> {
  const parsed = schema.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? 'unknown' : `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`;
  throw new CoxswainError('SERVER_ERROR', {
    message: `Cannot ${what}: the answer of ${host} has an unknown shape (${where}). Check that the address is that of a Jenkins.`,
    fields: { host },
  });
}

type Send = (what: string, request: HttpRequest) => Promise<HttpReply>;

/** Sends requests with the account's credentials; errors have Jenkins's meaning and show nothing of them. */
const createSend =
  (http: HttpClient, { user, token }: JenkinsAuth): Send =>
  async (what, request) => {
    const secret = token.reveal();
    const basic = Buffer.from(`${user}:${secret}`).toString('base64');
    try {
      return await http.request({ ...request, headers: { ...request.headers, Authorization: `Basic ${basic}` } });
    } catch (error) {
      throw asJenkinsFailure(what, redactError(error, [basic, secret]));
    }
  };

/** Speaks to a Jenkins as a user with an API token, which is read anew for each request and shown nowhere. */
export function createJenkinsHttp(http: HttpClient, auth: JenkinsAuth): JenkinsHttp {
  const send = createSend(http, auth);
  let crumb: Headers | undefined;

  const fetchCrumb = async (signal: AbortSignal | undefined): Promise<Headers> => {
    const what = 'get a crumb';
    try {
      const reply = await send(what, { method: 'GET', path: '/crumbIssuer/api/json', signal });
      const found = understand(http.host, crumbSchema, what, reply);
      crumb = { [found.crumbRequestField]: found.crumb, ...sessionOf(reply.headers) };
    } catch (error) {
      if (!(error instanceof CoxswainError) || error.code !== 'NOT_FOUND') throw error;
      crumb = {};
    }
    return crumb;
  };
  const act = async (what: string, request: HttpRequest): Promise<Pick<HttpReply, 'headers'>> => {
    try {
      return await send(what, request);
    } catch (error) {
      if (isDoneByRedirect(error)) return { headers: {} };
      throw error;
    }
  };
  return {
    host: http.host,
    read: async (schema, what, { path, tree, signal }) => {
      const reply = await send(what, { method: 'GET', path: `${path}/api/json`, query: { tree }, signal });
      return understand(http.host, schema, what, reply);
    },
    readText: async (what, { path, maxBytes, signal }) => {
      try {
        const { body } = await send(what, { method: 'GET', path, expect: 'text', maxReplyBytes: maxBytes, signal });
        return String(body);
      } catch (error) {
        if (error instanceof CoxswainError && error.fields.isTooLong === true) return undefined;
        throw error;
      }
    },
    post: async (what, path, { form = {}, query, signal } = {}) => {
      const body = new URLSearchParams(form);
      const request = {
        method: 'POST',
        path,
        body,
        expect: 'text',
        signal,
        ...(query === undefined ? {} : { query }),
      } as const;
      const known = crumb;
      try {
        return await act(what, { ...request, headers: known ?? (await fetchCrumb(signal)) });
      } catch (error) {
        if (known === undefined || !isForbidden(error)) throw error;
      }
      return act(what, { ...request, headers: await fetchCrumb(signal) });
    },
  };
}

import type { ChatContext } from './chat/chat-api';
import { handleChat } from './chat/chat-api';
import { readPageFile } from './chat/page-files';
import type { Clock } from './clock';
import type { Delivery } from './deliveries/delivery';
import { createHttpDelivery } from './deliveries/http-delivery';
import { SocketDelivery } from './deliveries/socket-delivery';
import { Faults, readFault } from './faults';
import type { EmulatorReply, EmulatorRequest } from './http-exchange';
import { jsonReply } from './http-exchange';
import { asObject, parseJson } from './json';
import { ResponseUrls } from './response-urls';
import { Triggers } from './triggers';
import type { CallContext, CallRecord } from './web-api/handle-call';
import { handleCall } from './web-api/handle-call';
import type { SavedWorkspace } from './workspace';
import { Workspace } from './workspace';
import type { SlashCommand, WorkspaceData } from './workspace-data';

/** What the core needs to know; secrets are compared or signed with and never logged. */
export type SlackCoreOptions = WorkspaceData & {
  readonly signingSecret: string;
  readonly botToken: string;
  /** Without it Socket Mode is refused. */
  readonly appToken?: string;
  /** Where the bot listens for commands, clicks and events; absent until it is known. */
  readonly requestUrl?: string;
};

const mostRecords = 2000;

/** The emulated Slack without its HTTP shell: requests in, replies out, time from the clock. */
export class SlackCore {
  readonly workspace: Workspace;
  readonly sockets: SocketDelivery;
  readonly faults = new Faults();
  private readonly records: CallRecord[] = [];
  private readonly callContext: CallContext;
  private readonly chatContext: ChatContext;
  private readonly responseUrls: ResponseUrls;
  private requestUrl: string | undefined;
  private baseUrl = 'http://127.0.0.1';
  private lastDeliveryFailed = false;

  constructor(options: SlackCoreOptions, clock: Clock, saved?: SavedWorkspace) {
    const workspace = new Workspace(options, clock, saved);
    const triggers = new Triggers(workspace);
    const baseUrl = () => this.baseUrl;
    this.workspace = workspace;
    this.requestUrl = options.requestUrl;
    this.sockets = new SocketDelivery(workspace);
    this.responseUrls = new ResponseUrls(workspace, baseUrl);
    const overHttp = createHttpDelivery(clock, options.signingSecret, () => this.requestUrl);
    const deliver = async (delivery: Delivery) => {
      const result = await (this.sockets.isConnected() ? this.sockets.deliver(delivery) : overHttp(delivery));
      this.lastDeliveryFailed = !result.ok;
      return result;
    };
    const shared = { workspace, triggers, sockets: this.sockets, baseUrl };
    this.callContext = {
      ...shared,
      faults: this.faults,
      botToken: options.botToken,
      appToken: options.appToken,
      record: (call) => this.record(call),
    };
    this.chatContext = {
      workspace,
      triggers,
      responseUrls: this.responseUrls,
      deliver,
      isBotOnline: () => this.isBotOnline(),
    };
  }

  /** Sets the emulator's own address, which response urls and permalinks begin with. */
  setBaseUrl(url: string): void {
    this.baseUrl = url;
  }

  /** Sets where the bot listens. */
  setRequestUrl(url: string): void {
    this.requestUrl = url;
    this.lastDeliveryFailed = false;
  }

  /** Sets the slash commands that the chat page completes and that people may run; an empty list lets all through. */
  setCommands(commands: readonly SlashCommand[]): void {
    this.workspace.commands = commands;
  }

  /** Whether the bot can be reached, as far as is known. */
  isBotOnline(): boolean {
    return this.sockets.isConnected() || (this.requestUrl !== undefined && !this.lastDeliveryFailed);
  }

  /** The Web API calls seen so far, oldest first; only the latest two thousand are kept. */
  calls(): readonly CallRecord[] {
    return this.records;
  }

  /** Answers any request except live events and WebSocket upgrades, which are the shell's. */
  async handle(request: EmulatorRequest): Promise<EmulatorReply> {
    const { path } = request;
    if (path === '/') return { status: 302, headers: { location: '/chat/' }, body: '' };
    if (path === '/chat') return { status: 302, headers: { location: '/chat/' }, body: '' };
    if (path.startsWith('/api/')) return handleCall(path.slice('/api/'.length), request, this.callContext);
    if (path.startsWith('/response/')) return this.respond(path.slice('/response/'.length), request);
    if (path.startsWith('/chat/api/')) return handleChat(path.slice('/chat/api/'.length), request, this.chatContext);
    if (path.startsWith('/chat/')) return readPageFile(path.slice('/chat/'.length));
    if (path.startsWith('/emulator/')) return this.control(path.slice('/emulator/'.length), request);
    return jsonReply({ ok: false, error: 'not_found' }, 404);
  }

  private respond(id: string, request: EmulatorRequest): EmulatorReply {
    if (request.method !== 'POST') return jsonReply({ ok: false, error: 'method_not_allowed' }, 405);
    return this.faults.isDown() ? { status: 0, body: '', cut: true } : this.responseUrls.respond(id, request.body);
  }

  private control(name: string, request: EmulatorRequest): EmulatorReply {
    if (name === 'requests' && request.method === 'GET') return jsonReply({ ok: true, requests: this.records });
    if (name !== 'faults') return jsonReply({ ok: false, error: 'not_found' }, 404);
    if (request.method === 'DELETE') {
      this.faults.clear();
      return jsonReply({ ok: true });
    }
    const fault = readFault(asObject(parseJson(request.body)) ?? {});
    if (request.method !== 'POST' || fault === undefined) return jsonReply({ ok: false, error: 'invalid_fault' }, 400);
    this.faults.add(fault);
    // Whoever takes all of Slack down loses the open connections too.
    if (fault.kind === 'down' && fault.method === '*') this.sockets.close();
    return jsonReply({ ok: true });
  }

  private record(call: CallRecord): void {
    this.records.push(call);
    if (this.records.length > mostRecords) this.records.shift();
  }
}

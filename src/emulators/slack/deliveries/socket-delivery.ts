import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock';
import { asObject, asText, parseJson } from '../json';
import type { Workspace } from '../workspace';
import type { Delivery, DeliveryResult } from './delivery';
import { ackTimeoutMs } from './delivery';

const pingEveryMs = 10_000;

/** Reasons with which Slack ends a Socket Mode connection. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

/** Slack's side of Socket Mode: each delivery goes to one of the bot's open connections, in turn. */
export class SocketDelivery {
  private readonly sockets: WebSocket[] = [];
  private readonly tickets = new Set<string>();
  private readonly waiting = new Map<string, (result: DeliveryResult) => void>();
  private readonly workspace: Workspace;
  private readonly clock: Clock;
  private turn = 0;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.clock = workspace.clock;
  }

  /** Whether the bot has a connection open. */
  isConnected(): boolean {
    return this.sockets.length > 0;
  }

  /** A ticket for one connection, as `apps.connections.open` hands out. */
  issueTicket(): string {
    const ticket = this.workspace.nextId('W');
    this.tickets.add(ticket);
    return ticket;
  }

  /** Whether the ticket is good; it is used up. */
  redeemTicket(ticket: string): boolean {
    return this.tickets.delete(ticket);
  }

  /** Greets a new connection and listens for acknowledgements. */
  accept(socket: WebSocket): void {
    this.sockets.push(socket);
    const stopPinging = this.keepAlive(socket);
    socket.on('message', (data) => this.acknowledge(data));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      stopPinging();
      const index = this.sockets.indexOf(socket);
      if (index !== -1) this.sockets.splice(index, 1);
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.sockets.length,
        debug_info: { host: 'emulator', approximate_connection_time: 18_060 },
        connection_info: { app_id: this.workspace.bot.appId },
      }),
    );
  }

  /** Sends through one connection and waits three seconds for the acknowledgement. */
  deliver(delivery: Delivery): Promise<DeliveryResult> {
    const socket = this.sockets[this.turn % Math.max(1, this.sockets.length)];
    this.turn += 1;
    if (socket === undefined) return Promise.resolve({ ok: false, error: 'connection_failed' });
    const envelopeId = this.workspace.nextId('envelope-');
    return new Promise((resolve) => {
      const finish = (result: DeliveryResult) => {
        cancel();
        this.waiting.delete(envelopeId);
        resolve(result);
      };
      const cancel = this.clock.after(ackTimeoutMs, () => finish({ ok: false, error: 'http_timeout' }));
      this.waiting.set(envelopeId, finish);
      socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          type: delivery.kind,
          payload: delivery.payload,
          accepts_response_payload: delivery.kind !== 'events_api',
          ...(delivery.retry
            ? { retry_attempt: delivery.retry.number, retry_reason: delivery.retry.reason }
            : { retry_attempt: 0, retry_reason: '' }),
        }),
      );
    });
  }

  /** Asks every connection to go away, as Slack does now and then; the bot is expected to reconnect. */
  disconnectAll(reason: DisconnectReason): void {
    for (const socket of this.sockets)
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'emulator' } }));
  }

  /** Drops every connection. */
  close(): void {
    for (const socket of [...this.sockets]) socket.terminate();
    for (const finish of [...this.waiting.values()]) finish({ ok: false, error: 'connection_failed' });
  }

  private acknowledge(data: RawData): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : data;
    const text = bytes instanceof ArrayBuffer ? Buffer.from(bytes).toString('utf8') : bytes.toString('utf8');
    const ack = asObject(parseJson(text));
    const payload: unknown = ack?.payload;
    this.waiting.get(asText(ack?.envelope_id) ?? '')?.({ ok: true, body: asObject(payload) ?? asText(payload) });
  }

  private keepAlive(socket: WebSocket): () => void {
    let cancel: (() => void) | undefined;
    const ping = () => {
      if (socket.readyState === socket.OPEN) socket.ping();
      cancel = this.clock.after(pingEveryMs, ping);
    };
    cancel = this.clock.after(pingEveryMs, ping);
    return () => cancel?.();
  }
}

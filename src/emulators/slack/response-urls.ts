import type { EmulatorReply } from './http-exchange';
import { jsonReply } from './http-exchange';
import { describeProblems, validateBlocks } from './blocks/validate-blocks';
import type { JsonObject } from './json';
import { asFlag, asObject, asObjects, asText, parseJson } from './json';
import type { StoredMessage } from './message';
import type { Workspace } from './workspace';

const lifetimeMs = 30 * 60_000;
const mostUses = 5;

type Target = {
  readonly user: string;
  readonly channel: string;
  readonly threadTs?: string;
  /** The message that was clicked; absent for a slash command. */
  readonly originalTs?: string;
};
type Issued = Target & { readonly at: number; uses: number };

/** Response addresses: at most five answers within thirty minutes of the interaction. */
export class ResponseUrls {
  private readonly issued = new Map<string, Issued>();
  private readonly workspace: Workspace;
  private readonly baseUrl: () => string;

  constructor(workspace: Workspace, baseUrl: () => string) {
    this.workspace = workspace;
    this.baseUrl = baseUrl;
  }

  /** A new address through which the bot may answer this interaction. */
  issue(target: Target): string {
    const id = this.workspace.nextId('R');
    this.issued.set(id, { ...target, at: this.workspace.clock.now(), uses: 0 });
    return `${this.baseUrl()}/response/${id}`;
  }

  /** Takes what the bot posted to an address. */
  respond(id: string, body: string): EmulatorReply {
    const issued = this.issued.get(id);
    if (issued === undefined) return jsonReply({ ok: false, error: 'invalid_url' }, 404);
    if (this.workspace.clock.now() - issued.at > lifetimeMs) return jsonReply({ ok: false, error: 'expired_url' }, 404);
    if (issued.uses >= mostUses) return jsonReply({ ok: false, error: 'used_url' }, 404);
    const payload = asObject(parseJson(body));
    if (payload === undefined) return jsonReply({ ok: false, error: 'invalid_payload' }, 400);
    issued.uses += 1;
    const refusal = this.apply(issued, payload);
    return refusal ?? { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
  }

  /**
   * Shows an answer, whether it came to an address or as the acknowledgement of a command.
   * @returns the refusal, or undefined when it was done
   */
  apply(target: Target, payload: JsonObject): EmulatorReply | undefined {
    const original =
      target.originalTs === undefined ? undefined : this.workspace.message(target.channel, target.originalTs);
    if (asFlag(payload.delete_original)) {
      if (original === undefined) return jsonReply({ ok: false, error: 'message_not_found' }, 404);
      this.workspace.remove(original);
      return undefined;
    }
    const text = asText(payload.text);
    if (text === undefined && payload.blocks === undefined) return jsonReply({ ok: false, error: 'no_text' }, 400);
    const problems = payload.blocks === undefined ? [] : validateBlocks('message', payload.blocks);
    if (problems.length > 0)
      return jsonReply(
        { ok: false, error: 'invalid_blocks', response_metadata: { messages: describeProblems(problems) } },
        400,
      );
    if (asFlag(payload.replace_original) && target.originalTs !== undefined) {
      if (original === undefined) return jsonReply({ ok: false, error: 'message_not_found' }, 404);
      this.replace(original, payload);
      return undefined;
    }
    this.add(target, payload);
    return undefined;
  }

  private replace(original: StoredMessage, payload: JsonObject): void {
    const edited = { user: this.workspace.bot.id, ts: this.workspace.nextTs() };
    this.workspace.change({
      ...original,
      text: asText(payload.text) ?? original.text,
      blocks: payload.blocks === undefined ? [] : asObjects(payload.blocks),
      ...(original.ephemeralFor === undefined ? { edited } : {}),
    });
  }

  private add(target: Target, payload: JsonObject): void {
    const threadTs = asText(payload.thread_ts) ?? target.threadTs;
    this.workspace.post({
      channel: target.channel,
      user: this.workspace.bot.id,
      fromBot: true,
      text: asText(payload.text) ?? '',
      blocks: asObjects(payload.blocks),
      ...(threadTs === undefined ? {} : { threadTs }),
      ...(payload.response_type === 'in_channel' ? {} : { ephemeralFor: target.user }),
    });
  }
}

import type { Workspace } from './workspace';

const lifetimeMs = 3000;

/** Trigger ids: each opens one view, within three seconds of the interaction that brought it. */
export class Triggers {
  private readonly issued = new Map<string, { readonly user: string; readonly at: number; used: boolean }>();
  private readonly workspace: Workspace;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** A new trigger id for what this person just did. */
  issue(user: string): string {
    const id = `${this.workspace.nextId('')}.${this.workspace.team.id}.trigger`;
    this.issued.set(id, { user, at: this.workspace.clock.now(), used: false });
    return id;
  }

  /** Uses up the trigger; the error is Slack's. */
  exchange(id: string): { readonly user: string } | { readonly error: string } {
    const trigger = this.issued.get(id);
    if (trigger === undefined) return { error: 'invalid_trigger_id' };
    if (trigger.used) return { error: 'exchanged_trigger_id' };
    if (this.workspace.clock.now() - trigger.at > lifetimeMs) return { error: 'expired_trigger_id' };
    trigger.used = true;
    return { user: trigger.user };
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { slashCommands } from '../../src/slack/listen-for-commands';

type Manifest = {
  display_information: { name: string; description: string };
  features: {
    slash_commands: readonly {
      command: string;
      url: string;
      description: string;
      usage_hint: string;
      should_escape: boolean;
    }[];
  };
  oauth_config: { scopes: { bot: readonly string[] } };
  settings: {
    event_subscriptions: { request_url: string; bot_events: readonly string[] };
    interactivity: { is_enabled: boolean; request_url: string };
  };
};

const manifest = parse(readFileSync(join(__dirname, '../../docs/manifest.yaml'), 'utf8')) as Manifest;

describe('docs/manifest.yaml', () => {
  it('registers the commands that the app answers to, save the one Slack keeps for itself', () => {
    const registered = manifest.features.slash_commands.map(({ command }) => command);
    expect(registered).toEqual(slashCommands.filter((command) => command !== '/status'));
  });

  it('stays within Slack’s limits', () => {
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
    for (const each of manifest.features.slash_commands) {
      expect(each.command.length).toBeLessThanOrEqual(32);
      expect(each.usage_hint.length).toBeLessThanOrEqual(1000);
      expect(each.description.length).toBeLessThanOrEqual(2000);
      expect(each.should_escape).toBe(true);
    }
  });

  it('sends commands, clicks and events to the one path the app listens on', () => {
    const { event_subscriptions: events, interactivity } = manifest.settings;
    const urls = [
      ...manifest.features.slash_commands.map(({ url }) => url),
      events.request_url,
      interactivity.request_url,
    ];
    expect(new Set(urls.map((url) => new URL(url).pathname))).toEqual(new Set(['/slack/events']));
    expect(interactivity.is_enabled).toBe(true);
  });

  it('asks for the scopes that the app’s calls and events need, each once', () => {
    const scopes = manifest.oauth_config.scopes.bot;
    expect(new Set(scopes).size).toBe(scopes.length);
    expect(scopes).toEqual(
      expect.arrayContaining(['commands', 'chat:write', 'im:write', 'usergroups:read', 'channels:history']),
    );
    expect(manifest.settings.event_subscriptions.bot_events.every((name) => name.startsWith('subteam_'))).toBe(true);
  });
});

import { randomBytes } from 'node:crypto';

/** People of the demo workspace: one for each part they play. */
export const users = [
  { id: 'U0REQUESTER', name: 'requester', realName: 'Requester', role: 'requester' },
  { id: 'U0APPROVER', name: 'approver', realName: 'Approver', role: 'approver' },
  { id: 'U0STRANGER', name: 'stranger', realName: 'Stranger', role: 'stranger' },
] as const;

/** Channels of the demo workspace. */
export const channels = [
  { id: 'C0FOODEPLOYS', name: 'foo-deploys' },
  { id: 'C0SHOPDEPLOYS', name: 'shop-deploys' },
  { id: 'C0GENERAL', name: 'general' },
] as const;

/** User groups of the demo workspace. */
export const userGroups = [
  { id: 'S0RELEASE', handle: 'release-managers', name: 'Release managers', users: ['U0APPROVER'] },
  { id: 'S0FOOTEAM', handle: 'foo-team', name: 'Team foo', users: ['U0REQUESTER', 'U0APPROVER'] },
  { id: 'S0SHOPTEAM', handle: 'shop-team', name: 'Team shop', users: ['U0REQUESTER', 'U0APPROVER'] },
];

/** What the chat page completes. */
export const slashCommands = [
  {
    command: '/deploy',
    usageHint: '[application] [environment] [version]',
    description: 'Bring a version to an environment',
  },
  {
    command: '/rollback',
    usageHint: '[application] [environment]',
    description: 'Go back to the last version that succeeded',
  },
  {
    command: '/resize',
    usageHint: '[application] [environment] [instances]',
    description: 'Change how many instances serve',
  },
  { command: '/cox', usageHint: '[status|why|adopt|settings|login|help] …', description: 'Everything else' },
];

const healthChecks = [
  {
    protocol: 'MESOS_HTTP',
    path: '/health',
    portIndex: 0,
    gracePeriodSeconds: 30,
    intervalSeconds: 2,
    timeoutSeconds: 2,
    maxConsecutiveFailures: 3,
  },
];

const seed = (id: string, image: string, instances: number) => ({
  id,
  instances,
  cpus: 0.5,
  mem: 512,
  container: {
    type: 'DOCKER',
    docker: { image },
    portMappings: [{ containerPort: 8080, name: 'http' }],
  },
  networks: [{ mode: 'container/bridge' }],
  healthChecks,
});

/** What runs before anybody deploys. */
export const seeds = [
  seed('/prod/east/foo-prod-v000', 'registry.example.com/demo/foo:1.0', 4),
  seed('/nonprod/east/foo-staging-v000', 'registry.example.com/demo/foo:1.0', 2),
  seed('/nonprod/west/foo-staging-v000', 'registry.example.com/demo/foo:1.0', 2),
  seed('/nonprod/east/foo-dev-v000', 'registry.example.com/demo/foo:1.0', 1),
  seed('/prod/east/shop-live-v000', 'registry.example.com/demo/shop:2.0', 3),
  seed('/prod/west/shop-live-v000', 'registry.example.com/demo/shop:2.0', 3),
];

/** Secrets made up for an emulated workspace. */
export const newSecrets = (): { readonly signingSecret: string; readonly botToken: string } => ({
  signingSecret: randomBytes(16).toString('hex'),
  botToken: `xoxb-${randomBytes(12).toString('hex')}`,
});

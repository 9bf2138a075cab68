import { hideTokens } from '../../src/model/hide-tokens';

describe('hideTokens', () => {
  it.each([
    ['slack', 'see xoxb-1234567890-abcdefABCDEF for more', 'see [secret] for more'],
    ['github', 'ghp_abcdefghijklmnopqrstuvwxyz012345', '[secret]'],
    ['aws', 'key AKIAIOSFODNN7EXAMPLE', 'key [secret]'],
    ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!', '[secret]!'],
    ['a header', 'Authorization: Bearer abc123def', 'Authorization: Bearer [secret]'],
    ['a scheme', 'sent with Bearer s3cr3tvalue', 'sent with Bearer [secret]'],
    ['an assignment', 'password=hunter22 and on', 'password=[secret] and on'],
    ['a quoted value', '{"api_key": "hunter-two"}', '{"api_key": "[secret]"}'],
    ['an address', 'from https://bob:hunter2@example.com/x', 'from https://[secret]@example.com/x'],
    [
      'no name of a commit',
      'deploy foo dev 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
      'deploy foo dev 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    ],
    ['a commit-like token that is announced', 'token=4b825dc642cb6eb9a060e54bf8d69288fbee4904', 'token=[secret]'],
    ['a long hex word', 'use 0123456789abcdef0123456789abcdef now', 'use [secret] now'],
    ['a word drawn by lot', 'q7RkZ0mPpL2sVxW9aTbY4nCd8E', '[secret]'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY----- MIIE -----END RSA PRIVATE KEY----- end', '[secret] end'],
  ])('hides %s', (_what, text, hidden) => expect(hideTokens(text)).toBe(hidden));

  it.each([
    'the token expired, and the password was changed',
    'repo/foo@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'registry.example.com/team/some-long-image-name:1.2.3',
    'N0001/1/1/createServerGroup',
    'deploy foo 1.1 to prod',
    '01JZX3ABCDEFGHJKMNPQRSTVWX is an execution',
    'nonprod/east, nonprod/west',
  ])('leaves alone: %s', (text) => expect(hideTokens(text)).toBe(text));
});

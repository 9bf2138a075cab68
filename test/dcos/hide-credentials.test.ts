import { hideCredentials } from '../../src/dcos/hide-credentials';

describe('hideCredentials', () => {
  it.each([
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer [secret]'],
    ['connecting to postgres://app:hunter2@db:5432/x', 'connecting to postgres://app:[secret]@db:5432/x'],
    ['DB_PASSWORD=hunter2 LOG=info', 'DB_PASSWORD=[secret] LOG=info'],
    ['api_key="a b c", user=me', 'api_key=[secret], user=me'],
    ['{"accessToken": "abc", "user": "me"}', '{"accessToken": [secret], "user": "me"}'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl', 'got [secret]'],
  ])('hides the credential in %j', (line, hidden) => {
    expect(hideCredentials([line])).toEqual([hidden]);
  });

  it.each([
    'SyntaxError: Unexpected token: }',
    'the secret of a good deployment is patience',
    'http://10.0.0.1:8080/health answered 500',
    'basic usage: foo --help',
  ])('leaves %j as it is', (line) => {
    expect(hideCredentials([line])).toEqual([line]);
  });

  it('hides a private key as a whole', () => {
    const key = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIabc', '-----END RSA PRIVATE KEY-----'];
    expect(hideCredentials(['before', ...key, 'after'])).toEqual([
      'before',
      '[secret]',
      '[secret]',
      '[secret]',
      'after',
    ]);
  });
});

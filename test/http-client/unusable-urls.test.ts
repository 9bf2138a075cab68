import { createWebhooks } from '../../src/http-client/webhooks';

describe('what is no http or https URL', () => {
  it.each([
    ['ftp://user:password@files.example.com/private', 'a URL of files.example.com'],
    ['hooks.example.com/services/T0/secret', 'a URL of hooks.example.com'],
    ['user:password@hooks.example.com/secret', 'a URL of hooks.example.com'],
    ['a secret', 'what is given for a URL'],
  ])('is named by its host only: %s', async (url, named) => {
    const sent = createWebhooks().send({ method: 'POST', url });
    await expect(sent).rejects.toThrow(`Cannot use ${named}: it is no http or https URL.`);
  });
});

import type { Verb } from './support/verb';

/** Every verb with its usage; `others` are the verbs beside help itself. */
export const helpFor = (others: () => readonly Verb[]): Verb => ({
  name: 'help',
  usage: '/cox help [VERB]',
  summary: 'what can be typed',
  examples: ['/cox help deploy'],
  options: [],
  run: (words) => {
    const verbs = others();
    const one = verbs.find((verb) => verb.name === words.words[1]);
    if (one !== undefined) {
      return Promise.resolve({
        type: 'reply',
        view: {
          headline: [{ strong: one.name }, `: ${one.summary}`],
          tone: 'neutral',
          lines: [[{ code: one.usage }], ...one.examples.map((example) => [{ code: example }])],
        },
      });
    }
    return Promise.resolve({
      type: 'reply',
      view: {
        headline: 'What you can type. Everything also works as /cox VERB and as coxswain VERB on the command line.',
        tone: 'neutral',
        lines: verbs.map((verb) => [{ code: verb.usage }, `  ${verb.summary}`]),
        facts: [
          {
            label: 'On the message of what runs',
            value:
              'Pause and Resume, Cancel (what served before serves again), Approve and Reject, Skip the wait, Retry.',
          },
        ],
        footer: 'APPLICATION and ENVIRONMENT are those of pipelines/*.yaml. For more on one: /cox help deploy.',
      },
    });
  },
});

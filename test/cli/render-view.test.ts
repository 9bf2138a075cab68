import { createColors } from 'picocolors';
import { choiceCommand, renderView } from '../../src/cli/render-view';
import type { Choice, View } from '../../src/model/view';

const owner = { kind: 'command', id: 'C1' } as const;
const plain = createColors(false);
const choice = (fields: Partial<Choice>): Choice => ({
  name: 'approve',
  label: 'Approve',
  target: { kind: 'execution', id: 'E1' },
  ...fields,
});
const reason = { title: 'Why', label: 'Reason', submit: 'Send', required: true };

describe('renderView', () => {
  it('says everything a view says, in its order', () => {
    const view: View = {
      headline: ['Deploying ', { strong: 'foo' }, ' to ', { code: 'prod' }],
      tone: 'running',
      lines: [['Asked by ', { person: 'U1' }]],
      facts: [
        { label: 'image', value: 'foo:1.1' },
        { label: 'instances', value: '4 → 6' },
      ],
      steps: [
        { name: 'Deploy', state: 'running' },
        { name: 'create', state: 'done', depth: 1, detail: '4/4 healthy' },
        { name: 'Go?', state: 'waiting' },
      ],
      output: 'exit 1\nno space left\n',
      links: [{ label: 'Log', url: 'https://logs.example/1' }],
      choices: [choice({})],
      footer: 'Started 2 min ago',
    };
    expect(renderView(view, owner, plain)).toEqual([
      'Deploying foo to prod',
      'Asked by @U1',
      '  image      foo:1.1',
      '  instances  4 → 6',
      '  ▸ Deploy: running',
      '    ✓ create: done  4/4 healthy',
      '  · Go?: waiting',
      '    exit 1\n    no space left',
      '  Log: https://logs.example/1',
      'You can:',
      '  Approve: coxswain approve E1',
      'Started 2 min ago',
    ]);
  });

  it('lets no machine output steer the terminal', () => {
    const escape = String.fromCharCode(27);
    const view: View = { headline: `a${escape}[2Jb`, tone: 'bad', output: `x\r${escape}]0;title` };
    expect(renderView(view, owner, plain).join()).not.toMatch(new RegExp(`[${escape}\r]`));
  });

  it.each<[Partial<Choice>, string]>([
    [{ target: { kind: 'execution', id: 'E1', stageId: 'S1' } }, 'coxswain approve E1 --stage S1'],
    [{ asks: { ...reason, options: ['yes', 'no'] } }, "coxswain approve E1 --input '…'"],
    [{ name: 'reject', asks: reason }, "coxswain reject E1 --reason '…'"],
    [{ name: 'cancelExecution' }, 'coxswain cancel E1'],
    [
      { name: 'retryStage', target: { kind: 'execution', id: 'E1', stageId: 'a b' } },
      "coxswain choose execution E1 retryStage --stage 'a b'",
    ],
    [{ name: 'confirm', target: { kind: 'command', id: 'C0' } }, 'coxswain choose command C1 confirm'],
    [
      { name: 'rename', target: { kind: 'command', id: 'C0' }, asks: reason },
      "coxswain choose command C1 rename --answer '…'",
    ],
    [{ name: 'run', target: { kind: 'run', text: 'status foo; rm' } }, "coxswain cox status 'foo;' rm"],
  ])('spells %j as a command', (fields, command) => {
    expect(choiceCommand(choice(fields), owner)).toBe(command);
  });
});

import type { ParameterDefinition } from './world';

/** What a config.xml says, as far as it is understood. */
export type JobConfig = {
  readonly isFolder: boolean;
  readonly description: string;
  readonly isDisabled: boolean;
  readonly isConcurrent: boolean;
  /** Seconds; undefined for the system's. */
  readonly quietPeriod: number | undefined;
  readonly parameters: readonly ParameterDefinition[];
  /** The commands of all shell steps, one below the other. */
  readonly script: string;
  /** The exit code that makes a build unstable; 0 for none. */
  readonly unstableReturn: number;
  /** Patterns of files to archive; `*` stands for anything. */
  readonly artifacts: readonly string[];
  readonly git: { readonly url: string; readonly branch: string } | undefined;
};

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    return entities[name ?? ''] ?? whole;
  });

/** The contents of all elements of a name, in order. */
const elements = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(([, inner = '']) => inner);

const textOf = (xml: string, name: string): string | undefined => {
  const [first] = elements(xml, name);
  return first === undefined ? undefined : decode(first.replace(/^<!\[CDATA\[([\s\S]*)\]\]>$/, '$1'));
};

const types = ['StringParameterDefinition', 'BooleanParameterDefinition', 'ChoiceParameterDefinition'] as const;

function readParameters(xml: string): readonly ParameterDefinition[] {
  const pattern = new RegExp(
    `<hudson\\.model\\.(${types.join('|')})(?:\\s[^>]*)?>([\\s\\S]*?)</hudson\\.model\\.\\1>`,
    'g',
  );
  return [...xml.matchAll(pattern)].map(([, type, inner = '']) => {
    const choices = elements(inner, 'string').map(decode);
    return {
      type: types.find((known) => known === type) ?? 'StringParameterDefinition',
      name: textOf(inner, 'name') ?? '',
      description: textOf(inner, 'description') ?? '',
      defaultValue: textOf(inner, 'defaultValue') ?? choices[0] ?? '',
      choices,
    };
  });
}

function readGit(xml: string): JobConfig['git'] {
  const scm = /<scm class=["']hudson\.plugins\.git\.GitSCM["'][^>]*>([\s\S]*?)<\/scm>/.exec(xml)?.[1];
  const url = scm === undefined ? undefined : textOf(scm, 'url');
  if (scm === undefined || url === undefined) return undefined;
  const branches = textOf(scm, 'branches') ?? '';
  return { url, branch: (textOf(branches, 'name') ?? 'master').replace(/^\*\//, '') };
}

/** Reads a job's or folder's config.xml; undefined for text that is no such file. */
export function readJobConfig(xml: string): JobConfig | undefined {
  const root = /^\s*(?:<\?xml[^>]*\?>\s*)?<([\w.-]+)/.exec(xml)?.[1];
  if (root === undefined) return undefined;
  const quietPeriod = textOf(xml, 'quietPeriod');
  return {
    isFolder: root.endsWith('.Folder'),
    description: textOf(xml, 'description') ?? '',
    isDisabled: textOf(xml, 'disabled') === 'true',
    isConcurrent: textOf(xml, 'concurrentBuild') === 'true',
    quietPeriod: quietPeriod === undefined ? undefined : Number(quietPeriod),
    parameters: readParameters(xml),
    script: elements(xml, 'command').map(decode).join('\n'),
    unstableReturn: Number(textOf(xml, 'unstableReturn') ?? 0),
    artifacts: elements(xml, 'artifacts')
      .flatMap((list) => decode(list).split(','))
      .map((pattern) => pattern.trim()),
    git: readGit(xml),
  };
}

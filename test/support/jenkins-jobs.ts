const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A folder's config.xml. */
export const folderXml = '<com.cloudbees.hudson.plugins.folder.Folder/>';

/** A job's config.xml: its shell script, declared parameters with their defaults, choices, archived files, a git repository. */
export function jobXml({
  script = 'true',
  parameters = {},
  choices = {},
  artifacts = '*',
  git,
  extra = '',
}: {
  readonly script?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly artifacts?: string;
  readonly git?: string;
  readonly extra?: string;
} = {}): string {
  const texts = Object.entries(parameters).map(
    ([name, value]) =>
      `<hudson.model.StringParameterDefinition><name>${name}</name><defaultValue>${escape(value)}</defaultValue></hudson.model.StringParameterDefinition>`,
  );
  const chosen = Object.entries(choices).map(
    ([name, values]) =>
      `<hudson.model.ChoiceParameterDefinition><name>${name}</name><choices>${values.map((value) => `<string>${escape(value)}</string>`).join('')}</choices></hudson.model.ChoiceParameterDefinition>`,
  );
  const scm =
    git === undefined
      ? ''
      : `<scm class="hudson.plugins.git.GitSCM"><userRemoteConfigs><hudson.plugins.git.UserRemoteConfig><url>${git}</url></hudson.plugins.git.UserRemoteConfig></userRemoteConfigs><branches><hudson.plugins.git.BranchSpec><name>*/feature/fast</name></hudson.plugins.git.BranchSpec></branches></scm>`;
  return `<project>${extra}<properties>${[...texts, ...chosen].join('')}</properties>${scm}<builders><hudson.tasks.Shell><command>${escape(script)}</command><unstableReturn>3</unstableReturn></hudson.tasks.Shell></builders><publishers><hudson.tasks.ArtifactArchiver><artifacts>${artifacts}</artifacts></hudson.tasks.ArtifactArchiver></publishers></project>`;
}

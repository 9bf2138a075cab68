/** The id of Marathon's framework, as its info shows it too. */
const marathonId = 'emulated-0000-0000-0000-000000000000-0001';

/** The frameworks that Mesos knows. */
export const frameworks = [
  { name: 'marathon', id: marathonId },
  { name: 'metronome', id: 'emulated-0000-0000-0000-000000000000-0002' },
] as const;

/** The id of a framework. */
export function frameworkIdOf(name: 'marathon' | 'metronome'): string {
  return frameworks.find((framework) => framework.name === name)?.id ?? marathonId;
}

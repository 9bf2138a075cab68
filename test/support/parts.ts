import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A real part that a test needs and a machine may lack; `path` is undefined where it is absent. */
export type Part = {
  readonly name: string;
  readonly path: string | undefined;
  /** How to get it. @default by `.ci/run` */
  readonly advice?: string;
};

const firstExisting = (paths: readonly string[]) => paths.find((path) => existsSync(path));

/** Debian's Chromium; `.ci/run` installs it. */
export const chromium: Part = {
  name: 'Chromium',
  path: firstExisting(['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']),
};

/** The published API schemas and examples that stand beside the project for its developers. */
export const contractFolder: Part = {
  name: 'contract folder',
  path: firstExisting([join(__dirname, '../../../shared/contract')]),
  advice: 'Put it beside the project, or leave REQUIRE_PARTS out.',
};

/** Debian's python3-marathon, a client of Marathon; it needs Debian's own python3. `.ci/run` installs it. */
export const pythonMarathon: Part = {
  name: 'python3-marathon',
  path: existsSync('/usr/bin/python3') ? firstExisting(['/usr/lib/python3/dist-packages/marathon']) : undefined,
};

/** Debian's python3-jenkins, a client of Jenkins; it needs Debian's own python3. `.ci/run` installs it. */
export const pythonJenkins: Part = {
  name: 'python3-jenkins',
  path: existsSync('/usr/bin/python3') ? firstExisting(['/usr/lib/python3/dist-packages/jenkins']) : undefined,
};

/** Debian's Prometheus, which discovers tasks in Marathon; `.ci/run` installs it. */
export const prometheus: Part = { name: 'Prometheus', path: firstExisting(['/usr/bin/prometheus']) };

/**
 * Declares tests that need a real part. Where the part is absent they are skipped and named at the end of the run;
 * with REQUIRE_PARTS=1 (continuous integration) absence is a failure.
 */
export function describeWithPart(part: Part, title: string, tests: (path: string) => void): void {
  const full = `${title} [needs ${part.name}]`;
  const { name, path, advice = 'Run .ci/run, which installs it.' } = part;
  if (path !== undefined) {
    describe(full, () => tests(path));
    return;
  }
  if (process.env.REQUIRE_PARTS === '1') {
    it(full, () => {
      throw new Error(`${name} is required here (REQUIRE_PARTS=1) and was not found. ${advice}`);
    });
    return;
  }
  // The reason stands in the title; the reporter repeats it at the end of the run.
  describe.skip(full, () => tests(''));
}

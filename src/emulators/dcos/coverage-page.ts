import type { Service } from './service';

const introduction = `# What the emulated DC/OS answers

Every route of the emulator, by the part of the cluster that serves it; each may be asked for with HEAD where it says GET. \`{id}\` may hold slashes, other names may not, and \`ANY\` stands for every method. What stands nowhere here is answered with 404. Marathon's paths are also served without \`/service/marathon\` and below \`/marathon\`, agents also below \`/slave\`, and Mesos' paths also with \`.json\` at their end.

The tables are made from the routes themselves by \`npm run build && node .ci/write-coverage.mjs\`.
`;

/** The page docs/emulator-coverage.md: the coverage tables of all services, as Markdown. */
export function renderCoveragePage(services: readonly Service[]): string {
  return [introduction, ...services.map(renderService)].join('\n');
}

function renderService({ prefix, routes }: Service): string {
  const rows = routes.map(({ method, pattern, summary }) => [`\`${method}\``, `\`${pattern || '/'}\``, summary]);
  const widths = ['method', 'path', 'what'].map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const table = [line(['method', 'path', 'what']), rule, ...rows.map(line)];
  return `## ${prefix === '' ? 'Admin Router' : `\`${prefix}\``}\n\n${table.join('\n')}\n`;
}

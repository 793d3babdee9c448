import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a line of the log must be for a query to find it. */
type Filter = (line: string) => boolean;

const PROJECT_DIR = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(PROJECT_DIR, path), 'utf8');
const strings = (text: string) => [...text.matchAll(/"([^"]*)"/g)].map(([, string = '']) => string);

type Runbook = { readonly isCounted: Filter; readonly finds: readonly Filter[] };

/** By metric. Alarms on a sum are about something that happened, which the log has, too. */
function readRunbooks(): ReadonlyMap<string, Runbook> {
  const sections = new Map(
    read('docs/alarms.md')
      .split(/^### /m)
      .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
  );
  const alarms = read('infra/alarms-service.yml').matchAll(
    /AlarmName: \S+\.name\}-(\S+)[\s\S]*?SELECT (\w+)\((\w+)\)(.*)/g,
  );
  return new Map(
    [...alarms].flatMap(([, alarm = '', statistic, metric = '', rest = '']) => {
      if (statistic !== 'SUM') return [];
      const [, dimension, value] = /WHERE "(\w+)" = ''(\w+)''/.exec(rest) ?? [];
      const where = dimension === undefined ? '' : `"${dimension}":"${value}"`;
      const isCounted: Filter = (line) => line.includes(`"${metric}":`) && line.includes(where);
      const queries = sections.get(alarm)?.matchAll(/^(?:\| )?filter (.*)$/gm) ?? [];
      return [[metric, { isCounted, finds: [...queries].map(([, filter = '']) => toFilter(filter)) }] as const];
    }),
  );
}

function toFilter(text: string): Filter {
  const conditions = text.split(' and ').map((condition): Filter => {
    const [, pattern] = /^@message like \/(.*)\/$/.exec(condition) ?? [];
    if (pattern !== undefined) return (line) => new RegExp(pattern).test(line);
    // Any other condition is taken as not met: a runbook must not need it to find the alarm.
    const [, field = '', wanted = ''] = /^(\w+) (?:=|in) (.*)$/.exec(condition) ?? [];
    return (line) =>
      strings(wanted).some((value) => line.includes(`${JSON.stringify(field)}:${JSON.stringify(value)}`));
  });
  return (line) => conditions.every((condition) => condition(line));
}

let runbooks: ReadonlyMap<string, Runbook> | undefined;

/** The metrics that a test counted and whose alarm has a runbook that would find nothing in the log of that test. */
export function findSilentAlarms(lines: readonly string[]): readonly string[] {
  const counts = lines.filter((line) => line.includes('"CloudWatchMetrics"'));
  if (counts.length === 0) return [];
  runbooks ??= readRunbooks();
  const isSilent = ({ isCounted, finds }: Runbook) =>
    counts.some(isCounted) && !lines.some((line) => finds.some((find) => find(line)));
  return [...runbooks].flatMap(([metric, runbook]) => (isSilent(runbook) ? [metric] : []));
}

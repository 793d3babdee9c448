import { costTable, monthlyCost } from '../../bench/monthly-cost.ts';
import { inlineCode, listInfra, read, template } from './pages.ts';

describe('the alarms', () => {
  const named = [...template.matchAll(/^\s+AlarmName: \$\{self:.*\}-([a-z0-9-]+)$/gm)].map((match) => match[1] ?? '');
  const guide = read('docs/alarms.md').split('## The alarms')[1]?.split('\n## ')[0] ?? '';
  const listed = [...guide.matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? '');

  it('The alarms each have a runbook: what happened, how bad it is, numbered steps, a query, and how to know that it is over', () => {
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !listed.includes(name))).toEqual([]);
    const parts = [/^\*\*What happened:\*\* \w/m, /^\*\*How bad:\*\* \w/m, /^\*\*Do now:\*\*/m, /^1\. \w/m];
    const ends = [/^\*\*Query\*\*[^:]*:|^\*\*Query:\*\*/m, /^\*\*Over when:\*\* \S/m];
    const incomplete = guide
      .split(/^### /m)
      .slice(1)
      .filter((text) => ![...parts, ...ends].every((part) => part.test(text)));
    expect(incomplete).toEqual([]);
  });

  it('No runbook is for an alarm that does not exist', () => {
    // Together with the files that define them.
    if (listInfra().length > 0) expect(listed.filter((name) => !named.includes(name))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });
});

describe('the costs', () => {
  it('The guide to costs shows the table that the program computes', () => {
    expect(read('docs/costs.md')).toContain(costTable());
  });

  it('The computed costs are those of a pocket calculator', () => {
    const cost = monthlyCost({ executions: 1_000_000, portals: 0, queuedShare: 0, isOAuth: false });
    // 100,000 GB-seconds and a million requests; a million requests; three million writes, a million reads, 0.18 GB.
    expect(cost.get('Lambda')).toBeCloseTo(1.333_34 + 0.2, 4);
    expect(cost.get('API Gateway')).toBeCloseTo(1.2, 4);
    expect(cost.get('DynamoDB')).toBeCloseTo(2.2875 + 0.1525 + 0.18 * 0.5508, 4);
    // The key is there without installs, too, and nobody asks for it.
    expect(cost.get('KMS')).toBe(1);
  });

  it('The costs grow in step with executions, on top of the fixed ones', () => {
    const total = (executions: number) =>
      [...monthlyCost({ executions, portals: 3, queuedShare: 0.4, isOAuth: true }).values()].reduce((a, b) => a + b, 0);
    expect(total(2_000_000) - total(1_000_000)).toBeCloseTo(total(1_000_000) - total(0), 6);
  });
});

it('The deployment guide lists only parameters that the template takes', () => {
  const section = read('docs/deploy.md').split('## What can be set when deploying')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) => inlineCode(cell));
  expect(rows.length).toBeGreaterThan(5);
  // Together with the files that use them.
  if (listInfra().length > 0) expect(rows.filter((name) => !template.includes(`param:${name}`))).toEqual([]);
});

import { OUTPUT_FIELDS, SET_OWNER_BY_EMAIL } from '../../../lib/action/definition.ts';
import en from '../../../lib/action/labels/en.json' with { type: 'json' };
import { ERROR_CODES, OUTCOMES } from '../../../lib/domain/outcome.ts';
import { PROJECT_ACTIONS } from '../../../local/hubspot-project/hubspot-project.ts';
import {
  actionReference,
  errorCodesTable,
  fillRegions,
  inputsTable,
  outcomesTable,
  outputsTable,
  regionTexts,
} from '../../../local/hubspot-project/reference-tables.ts';

it('The action reference introduces every action by its name in the workflow editor', () => {
  const names = PROJECT_ACTIONS.map(({ key }) => en[key].actionName);
  expect(names.filter((name) => !actionReference().includes(`**${name}**`))).toEqual([]);
});

describe('the tables', () => {
  it.each([
    { what: 'inputs', table: inputsTable(), keys: SET_OWNER_BY_EMAIL.inputFields.map(({ name }) => name) },
    { what: 'outputs', table: outputsTable(), keys: OUTPUT_FIELDS.map(({ name }) => name) },
    { what: 'outcomes', table: outcomesTable(), keys: OUTCOMES },
    { what: 'error codes', table: errorCodesTable(), keys: ERROR_CODES },
  ])('The reference tables list all $what in order, one in a row', ({ table, keys }) => {
    const firstCells = table
      .split('\n')
      .slice(2)
      .map((row) => row.split(' | ')[0]);
    expect(firstCells).toEqual(keys.map((key) => `| \`${key}\``));
  });

  it.each(['errorDetails', 'previousOwnerName'])(
    'The reference table of outputs says that %s may be a dash',
    (name) => {
      const row = outputsTable()
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\``));
      expect(row).toContain('A dash (`–`)');
    },
  );

  it('The reference tables have as many cells in each row as in the head', () => {
    for (const table of Object.values(regionTexts())) {
      const widths = table.split('\n').map((row) => row.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('The reference tables show outputs as code, not as braces of a template', () => {
    expect(actionReference()).not.toContain('{{');
    expect(errorCodesTable()).toContain(
      "| `OWNER_IS_QUEUE` | Email belongs to a queue | `ownerEmail` belongs to a queue, not to a person. | Use a person's email. |",
    );
  });

  it('The reference tables have every option of a choice', () => {
    for (const value of ['ALWAYS', 'IF_UNASSIGNED', 'IF_OWNER_INACTIVE', 'FAIL', 'FALLBACK', 'CLEAR', 'LEAVE']) {
      expect(inputsTable()).toContain(`<br>\`${value}\`: `);
    }
  });
});

it('The reference tables show the label of every value that a workflow can branch on', () => {
  const { outcome, errorCode, reason, matchedBy, resolvedFrom } = en.outputFieldOptionLabels;
  for (const label of Object.values(outcome)) expect(outcomesTable()).toContain(`| ${label} |`);
  for (const label of Object.values(errorCode)) expect(errorCodesTable()).toContain(`| ${label} |`);
  for (const [value, label] of Object.entries({ ...reason, ...matchedBy, ...resolvedFrom })) {
    expect(outputsTable()).toContain(`<br>\`${value}\`: ${label}`);
  }
});

describe('filling regions', () => {
  const texts = { fruit: '| apple |', roots: '| beet |' };

  it('Filling a region replaces the text between its markers and nothing else', () => {
    const before = 'Intro\n<!-- generated:fruit -->\nold\n<!-- /generated -->\nOutro\n';
    expect(fillRegions(before, texts)).toBe(
      'Intro\n<!-- generated:fruit -->\n\n| apple |\n\n<!-- /generated -->\nOutro\n',
    );
  });

  it('Filling regions works for several and for empty ones, and changes nothing the second time', () => {
    const before = '<!-- generated:fruit -->\n<!-- /generated -->\n\n<!-- generated:roots -->\n<!-- /generated -->\n';
    const once = fillRegions(before, texts);
    expect(once).toContain('| apple |');
    expect(once).toContain('| beet |');
    expect(fillRegions(once, texts)).toBe(once);
  });

  it('A text without regions stays as it is', () => {
    expect(fillRegions('# Title\n\ntext', texts)).toBe('# Title\n\ntext');
  });

  it.each([
    { why: 'unknown name', text: '<!-- generated:nuts -->\n<!-- /generated -->', fault: /nuts/ },
    { why: 'inherited name', text: '<!-- generated:toString -->\n<!-- /generated -->', fault: /toString/ },
    { why: 'never closed', text: '<!-- generated:fruit -->\nold', fault: /fruit/ },
    {
      why: 'closed after the next one began',
      text: '<!-- generated:fruit -->\n<!-- generated:roots -->',
      fault: /fruit/,
    },
    { why: 'closed without having begun', text: 'text\n<!-- /generated -->', fault: /not open/ },
  ])('Filling refuses a region with a fault: $why', ({ text, fault }) => {
    expect(() => fillRegions(text, texts)).toThrow(fault);
  });

  it.each(['action-inputs', 'action-outputs', 'error-codes'])('The README has the region %s', (name) => {
    expect(fillRegions(`<!-- generated:${name} -->\n<!-- /generated -->`, regionTexts())).toContain('| --- |');
  });
});

import { ERROR_CODES, OUTCOMES } from '../../lib/domain/outcome.ts';
import { PROJECT_ACTIONS } from '../../local/hubspot-project/hubspot-project.ts';

describe.each(PROJECT_ACTIONS)('The execution rules of $key', ({ definition }) => {
  const rules = definition.executionRules;

  /** As HubSpot does it: the first rule whose conditions all hold. */
  function shownFor(outputs: Readonly<Record<string, string>>): string | undefined {
    return rules.find(({ conditions }) =>
      Object.entries(conditions).every(([name, values]) => values.includes(outputs[name] ?? '')),
    )?.labelName;
  }

  it.each(ERROR_CODES)('Exactly one execution rule shows a failure with %s', (errorCode) => {
    expect(rules.filter(({ conditions }) => conditions.errorCode?.includes(errorCode))).toHaveLength(1);
    expect(shownFor({ outcome: 'FAILED', errorCode })).toBe(errorCode);
  });

  it.each(OUTCOMES.filter((outcome) => outcome !== 'FAILED'))(
    'The execution rules show the plain text of the outcome %s',
    (outcome) => {
      expect(shownFor({ outcome, errorCode: '' })).toBe(outcome);
      expect(shownFor({ outcome, errorCode: '', matchedBy: 'EMAIL' })).toBe(outcome);
    },
  );

  it.each([
    ['ASSIGNED', 'REPLACED', 'EMAIL', 'ASSIGNED_REPLACED'],
    ['ASSIGNED', 'SUCCESSOR_REPLACED', 'EMAIL', 'ASSIGNED_SUCCESSOR_REPLACED'],
    ['ASSIGNED', 'SUCCESSOR', 'FORMER_EMAIL', 'ASSIGNED_SUCCESSOR_FORMER_EMAIL'],
    ['ASSIGNED', '', 'FORMER_EMAIL', 'ASSIGNED_FORMER_EMAIL'],
    ['ALREADY_ASSIGNED', 'SUCCESSOR', 'EMAIL', 'ALREADY_ASSIGNED_SUCCESSOR'],
    ['FOUND', '', 'FORMER_EMAIL', 'FOUND_FORMER_EMAIL'],
    ['ASSIGNED', '', 'ALIAS', 'ASSIGNED_ALIAS'],
    ['ASSIGNED', 'SUCCESSOR_REPLACED', 'ALIAS', 'ASSIGNED_SUCCESSOR_REPLACED_ALIAS'],
    ['FOUND', 'SUCCESSOR', 'ALIAS', 'FOUND_SUCCESSOR_ALIAS'],
    ['CLEARED', 'REPLACED', '', 'CLEARED_REPLACED'],
    ['KEPT_EXISTING', 'CHANGED_SINCE', '', 'KEPT_CHANGED_SINCE'],
    ['KEPT_EXISTING', 'SET_TO_KEEP', '', 'KEPT_EXISTING'],
  ])('The execution rules show why the outcome is %s when the reason is %s and the email matched by %s', (...row) => {
    const [outcome, reason, matchedBy, label] = row;
    expect(shownFor({ outcome, reason, matchedBy, errorCode: '' })).toBe(label);
  });

  it.each(['FALLBACK_ASSIGNED', 'CLEARED', 'LEFT_UNCHANGED'])(
    'The execution rules show what was done instead of the code when the outcome is %s',
    (outcome) => {
      for (const errorCode of ERROR_CODES) expect(shownFor({ outcome, errorCode })).toBe(outcome);
    },
  );

  it('There is no execution rule for FAILED, because each code has its own', () => {
    expect(rules.some(({ conditions }) => conditions.outcome?.includes('FAILED'))).toBe(false);
  });
});

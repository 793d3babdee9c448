import { PROJECT_ACTIONS } from '../../lib/action/hubspot-project.ts';
import { ERROR_CODES, OUTCOMES } from '../../lib/domain/outcome.ts';

describe.each(PROJECT_ACTIONS)('the execution rules of $key', ({ definition }) => {
  const rules = definition.executionRules;

  /** As HubSpot does it: the first rule whose conditions all hold. */
  function shownFor(outputs: Readonly<Record<string, string>>): string | undefined {
    return rules.find(({ conditions }) =>
      Object.entries(conditions).every(([name, values]) => values.includes(outputs[name] ?? '')),
    )?.labelName;
  }

  it.each(ERROR_CODES)('tells a failure with %s by exactly one rule', (errorCode) => {
    expect(rules.filter(({ conditions }) => conditions.errorCode?.includes(errorCode))).toHaveLength(1);
    expect(shownFor({ outcome: 'FAILED', errorCode })).toBe(errorCode);
  });

  it.each(OUTCOMES.filter((outcome) => outcome !== 'FAILED'))('tells the outcome %s by exactly one rule', (outcome) => {
    expect(rules.filter(({ conditions }) => conditions.outcome?.includes(outcome))).toHaveLength(1);
    expect(shownFor({ outcome, errorCode: '' })).toBe(outcome);
  });

  it.each(['FALLBACK_ASSIGNED', 'CLEARED', 'LEFT_UNCHANGED'])(
    'tells what was done rather than the code when the outcome is %s',
    (outcome) => {
      for (const errorCode of ERROR_CODES) expect(shownFor({ outcome, errorCode })).toBe(outcome);
    },
  );

  it('has no rule for FAILED, which each code tells better', () => {
    expect(rules.some(({ conditions }) => conditions.outcome?.includes('FAILED'))).toBe(false);
  });
});

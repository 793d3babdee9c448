import { describeFailure, describeOutcome } from '../../../local/simulator/history.ts';
import type { WorkflowAction } from '../../../local/simulator/workflow-action.ts';

const ACTION: WorkflowAction = {
  uid: 'an_action',
  route: '/actions/an-action',
  outputFields: [{ name: 'outcome' }, { name: 'errorCode' }, { name: 'ownerName' }],
  executionRules: [
    { labelName: 'FALLBACK', conditions: { outcome: ['FALLBACK'] } },
    { labelName: 'GONE', conditions: { errorCode: ['NOT_FOUND', 'ARCHIVED'] } },
    { labelName: 'BOTH', conditions: { outcome: ['ASSIGNED'], errorCode: [''] } },
    { labelName: 'TYPO', conditions: { outcome: ['TYPO'] } },
    { labelName: 'NO_TEXT', conditions: { outcome: ['NO_TEXT'] } },
  ],
  requestedProperties: [],
};
const LABELS = {
  en: {
    executionRules: {
      FALLBACK: 'Gave it to {{ ownerName }} instead ({{errorCode}}).',
      GONE: 'Nobody to assign.',
      BOTH: 'Assigned to {{ownerName}}.',
      TYPO: 'Assigned to {{ownerNaem}}.',
    },
  },
  de: { executionRules: { GONE: 'Niemand da.' } },
};

it.each([
  [
    'the first rule that matches',
    { outcome: 'FALLBACK', errorCode: 'ARCHIVED', ownerName: 'Ada' },
    'Gave it to Ada instead (ARCHIVED).',
  ],
  ['any of the listed values', { outcome: 'FAILED', errorCode: 'ARCHIVED', ownerName: '' }, 'Nobody to assign.'],
  ['all conditions together', { outcome: 'ASSIGNED', errorCode: '', ownerName: 'Ada' }, 'Assigned to Ada.'],
  [
    'no rule when one condition fails',
    { outcome: 'ASSIGNED', errorCode: 'OTHER', ownerName: 'Ada' },
    'Action succeeded',
  ],
])('The history of an execution follows its rules: %s', (_, outputs, sentence) => {
  expect(describeOutcome(ACTION, LABELS, 'en', true, outputs)).toEqual({ sentence, violations: [] });
});

it('The history says only that the action failed when no rule matches the failure', () => {
  expect(describeOutcome(ACTION, LABELS, 'en', false, {}).sentence).toBe('Action failed');
});

it('The history uses the chosen language, and English where that has no text', () => {
  const gone = describeOutcome(ACTION, LABELS, 'de', false, { errorCode: 'NOT_FOUND' });
  expect(gone).toEqual({ sentence: 'Niemand da.', violations: [] });
  const assigned = describeOutcome(ACTION, LABELS, 'de', true, {
    outcome: 'ASSIGNED',
    errorCode: '',
    ownerName: 'Ada',
  });
  expect(assigned).toEqual({
    sentence: 'Assigned to Ada.',
    violations: ['execution rule BOTH has no text in de'],
  });
});

it('The history reports a text that names no output, and a rule without a text', () => {
  expect(describeOutcome(ACTION, LABELS, 'en', true, { outcome: 'TYPO' })).toEqual({
    sentence: 'Assigned to .',
    violations: ['the history text names ownerNaem, which is no output'],
  });
  expect(describeOutcome(ACTION, LABELS, 'en', true, { outcome: 'NO_TEXT' })).toEqual({
    sentence: 'Action succeeded',
    violations: ['execution rule NO_TEXT has no text in en'],
  });
});

it('The history describes an answer without a body as HubSpot does', () => {
  expect(describeFailure('')).toBe('empty response body');
  expect(describeFailure('{"message":"no"}')).toBe('Action failed');
});

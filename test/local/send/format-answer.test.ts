import type { EnrollAnswer } from '../../../local/send/enroll.ts';
import { exitCodeOf, formatAnswer, formatAnswerLine } from '../../../local/send/format-answer.ts';
import { widthOf } from '../../../local/wrap.ts';

const ANSWER: EnrollAnswer = {
  record: 'contact 1',
  isNew: true,
  historySentence: 'jane@example.com was set as the owner.',
  state: 'SUCCESS',
  wasQueued: false,
  outputs: { outcome: 'ASSIGNED', ownerId: '410000001', errorCode: '', errorMessage: '' },
  ownerBefore: 'nobody',
  ownerAfter: 'Jane Doe (410000001)',
  attempts: 1,
  violations: [],
};
const make = (parts: Partial<EnrollAnswer>): EnrollAnswer => ({ ...ANSWER, ...parts });

it('An answer is printed with the history sentence, the outcome, the owner before and after, and the filled outputs', () => {
  expect(formatAnswer(ANSWER).split('\n')).toEqual([
    'contact 1 (new): “jane@example.com was set as the owner.”',
    '',
    '  Outcome   ASSIGNED',
    '  Owner     nobody → Jane Doe (410000001)',
    '  ownerId   410000001',
  ]);
  expect(exitCodeOf(ANSWER)).toBe(0);
});

it.each([
  ['an owner who stays', { ownerBefore: ANSWER.ownerAfter }, '  Owner     Jane Doe (410000001), unchanged'],
  ['a record that waited', { wasQueued: true }, '  Outcome   ASSIGNED, from the queue'],
  [
    'a service that never answered',
    { state: 'GAVE_UP', outputs: {}, attempts: 5 },
    '  State     GAVE_UP after 5 request(s); see npm run logs',
  ],
  [
    'an answer that HubSpot would not understand',
    { violations: ['it has no outcome'] },
    '  ✗         it has no outcome',
  ],
])('An answer is explained for %s', (_what, parts, line) => {
  expect(formatAnswer(make(parts)).split('\n')).toContain(line);
});

it.each<[number, Partial<EnrollAnswer>]>([
  [0, { state: 'FAIL_CONTINUE' }],
  [1, { state: 'FAILED' }],
  [1, { state: 'GAVE_UP' }],
  [1, { state: 'EXPIRED' }],
  [1, { violations: ['it has no outcome'] }],
])('The command exits with %d for %j', (code, parts) => {
  expect(exitCodeOf(make(parts))).toBe(code);
});

it('A printed answer fits into 80 columns', () => {
  const long = 'The owner was not changed because no active owner matches the email. '.repeat(3);
  const answer = make({ historySentence: long, outputs: { outcome: 'FAILED', errorCode: 'X', errorMessage: long } });
  const lines = [...formatAnswer(answer).split('\n'), ...formatAnswerLine(answer).split('\n')];
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
});

it.each<[string, Partial<EnrollAnswer>]>([
  ['✓ contact 1: ASSIGNED, nobody → Jane Doe (410000001)', {}],
  [
    '✓ contact 1: FAILED / OWNER_NOT_FOUND, nobody, unchanged',
    { outputs: { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' }, ownerAfter: 'nobody' },
  ],
  ['✗ contact 1: GAVE_UP, nobody, unchanged', { state: 'GAVE_UP', outputs: {}, ownerAfter: 'nobody' }],
])('An answer is one line in a replay: %s', (line, parts) => {
  expect(formatAnswerLine(make(parts))).toBe(line);
});

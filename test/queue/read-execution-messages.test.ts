import { createEmailCipher } from '../../lib/crypto/email-cipher.ts';
import { toExecutionMessage } from '../../lib/queue/execution-messages.ts';
import { readExecutionMessages } from '../../lib/queue/execution-queue.ts';
import { makeQueued } from '../builders/queued-execution.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

const seal = createEmailCipher({ current: 'secret-test-current' });
const before = createEmailCipher({ current: 'secret-test-before' });
const good = makeQueued({ command: { currentValue: undefined } });
const { portalId } = good.key;

const toRecord = (messageId: string, body: string, receives = 1) => {
  return { messageId, body, attributes: { ApproximateReceiveCount: String(receives) } };
};

/** The messages by their index, each received for the first time. */
function read(...bodies: string[]) {
  const telemetry = makeTelemetry();
  const Records = bodies.map((body, index) => toRecord(`m${index}`, body));
  return { ...readExecutionMessages({ Records }, seal, telemetry), counted: telemetry.counted };
}

it('Each execution is read under the ID of its message', () => {
  const other = makeQueued({ key: { portalId, executionId: 'ap-2' }, command: { currentValue: undefined } });
  const { executions, unreadable, counted } = read(toExecutionMessage(good, seal), toExecutionMessage(other, seal));
  expect([...executions]).toEqual([
    ['m0', good],
    ['m1', other],
  ]);
  expect(unreadable).toEqual([]);
  expect(counted).toEqual([]);
});

it.each([
  ['no JSON', 'jane@example.com'],
  ['nothing', ''],
  ['another version', JSON.stringify({ ...JSON.parse(toExecutionMessage(good, seal)), version: 2 })],
])('[Q3] An unreadable message delays no other message, is counted and is not logged: %s', (_what, body) => {
  const { executions, unreadable, counted } = read(
    toExecutionMessage(good, seal),
    body,
    toExecutionMessage(good, seal),
  );
  expect([...executions.keys()]).toEqual(['m0', 'm2']);
  expect(unreadable).toEqual(['m1']);
  expect(counted).toEqual([{ name: 'MessagesUnreadable', dimensions: {} }]);
});

it.each([
  ['nobody can open', toExecutionMessage(good, before)],
  ['is not sealed', JSON.stringify({ ...JSON.parse(toExecutionMessage(good, seal)), sealedEmail: 'jane@example.com' })],
  ['is another portal’s', JSON.stringify({ ...JSON.parse(toExecutionMessage(good, seal)), portalId: '8200002' })],
])('[Q3, W6] An execution whose email %s is set apart, is counted and is not logged', (_what, body) => {
  const { executions, withoutEmail, unreadable, counted } = read(toExecutionMessage(good, seal), body);
  expect([...executions.keys()]).toEqual(['m0']);
  expect([...withoutEmail].map(([id, { key }]) => [id, key.executionId])).toEqual([['m1', good.key.executionId]]);
  expect(unreadable).toEqual([]);
  expect(counted).toEqual([{ name: 'MessagesUnreadable', dimensions: {} }]);
});

it.each([
  [1, 'pending', 'nobody received it before'],
  [2, 'unconfirmed', 'a worker that received it before may have completed it and died'],
] as const)('[W3] The completion of a message received %d times counts as %s (%s)', (receives, completion, _why) => {
  const body = toExecutionMessage({ ...good, completion: 'pending' }, seal);
  const { executions } = readExecutionMessages({ Records: [toRecord('m0', body, receives)] }, seal, makeTelemetry());
  expect(executions.get('m0')).toEqual({ ...good, completion });
});

it('An event without messages is read as no executions', () => {
  expect(read()).toMatchObject({ unreadable: [] });
});

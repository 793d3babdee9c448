import { PROBE_HEADER } from '../../../lib/http/middleware.ts';
import { createExecutionRecorder } from '../../../local/send/execution-recorder.ts';

const SIGNED = { 'X-HubSpot-Signature': 'signature' };
const event = (headers: Readonly<Record<string, string>>, callbackId: string, ownerEmail = 'jane@example.com') => ({
  rawPath: '/actions/find-owner-by-email',
  headers,
  body: JSON.stringify({ callbackId, inputFields: { ownerEmail } }),
});

it('The recorder keeps each execution once, however often it is delivered', () => {
  const recorder = createExecutionRecorder({});
  for (const id of ['ap-1', 'ap-1', 'ap-2']) recorder.record(event(SIGNED, id));
  const saved = { action: 'find', recordType: 'contact', inputFields: { ownerEmail: '{{person1.email}}' } };
  expect(recorder.saved()).toEqual([saved, saved]);
});

it.each([
  ['a request that nobody signed', {}, 'ap-1'],
  ['a probe of the doctor', { ...SIGNED, [PROBE_HEADER]: 'doctor' }, 'ap-1'],
  ['an execution of the smoke test', SIGNED, 'smoke-1'],
])('The recorder does not keep %s', (_what, headers, callbackId) => {
  const recorder = createExecutionRecorder({});
  recorder.record(event(headers, callbackId));
  expect(recorder.saved()).toEqual([]);
});

it.each([
  ['no body', null],
  ['an empty body', ''],
  ['a body that is null', 'null'],
  ['a body without inputs', '{}'],
  ['an input that cannot become a text', '{"inputFields":{"ownerEmail":{"toString":1,"valueOf":1}}}'],
  ['an input nested deeper than the stack', `{"inputFields":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`],
])('[E6, P13] The recorder passes over a signed request with %s', (_what, body) => {
  const recorder = createExecutionRecorder({});
  recorder.record({ ...event(SIGNED, 'ap-1'), body });
  expect(recorder.saved()).toEqual([]);
});

it('The recorder keeps the newest thousand executions', () => {
  const recorder = createExecutionRecorder({});
  for (let index = 0; index <= 1_000; index += 1)
    recorder.record(event(SIGNED, `ap-${index}`, `p${index}@example.com`));
  expect(recorder.saved()).toHaveLength(1_000);
  expect(recorder.saved()[0]?.inputFields.ownerEmail).toBe('{{person2.email}}');
});

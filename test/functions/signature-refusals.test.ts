import { CLIENT_SECRET, makeEvent } from '../support/http-events.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
type Event = ReturnType<typeof makeEvent>;

/** Every way to be wrong that tells an attacker something, if the answers differed. */
const WRONG: readonly (readonly [string, (good: Event) => Event])[] = [
  ['no signature', (good) => ({ ...good, headers: {} })],
  ['another secret', (good) => ({ ...good, headers: signedWith('secret-test-other', 0) })],
  ['a timestamp of ten minutes ago', (good) => ({ ...good, headers: signedWith(CLIENT_SECRET, -600_000) })],
  ['a timestamp that is no number', (good) => changed(good, 'x-hubspot-request-timestamp', 'yesterday')],
  ['a signature that is no base64', (good) => changed(good, 'x-hubspot-signature-v3', '%%%')],
  ['a signature of another length', (good) => changed(good, 'x-hubspot-signature-v3', 'AAAA')],
  ['another body', (good) => ({ ...good, body: '{"origin":{}}' })],
];

const changed = (event: Event, name: string, value: string): Event => ({
  ...event,
  headers: { ...event.headers, [name]: value },
});
const signedWith = (secret: string, offsetMs: number) =>
  makeEvent({ body: '{}', secret, nowEpochMs: service().clock.now() + offsetMs }).headers;

it('[X16] Every wrong signature is answered with the same bytes', async () => {
  const good = makeEvent({ body: '{}', nowEpochMs: service().clock.now() });
  const answers = [];
  for (const [, spoil] of WRONG) {
    const { status, headers, body } = await service().send(spoil(good));
    answers.push(JSON.stringify({ status, headers, body }));
  }
  expect(answers[0]).toContain('401');
  expect(new Set(answers).size).toBe(1);
});

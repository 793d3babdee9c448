import { createReadSecrets } from '../../lib/config/secrets.ts';
import { makeClock } from '../support/clock.ts';
import { createParameterStore } from '../support/fake-ssm.ts';
import { makeTimerWheel } from '../support/timer-wheel.ts';

jest.mock('../../lib/network/fetch.ts', () => require('../support/global-fetch.ts').withGlobalFetch());

const REFERENCES = [{ variable: 'HUBSPOT_CLIENT_SECRET', reference: 'ssm:/owners/dev/client-secret' }];
const SECRETS = { HUBSPOT_CLIENT_SECRET: 'secret-test-ssm' };
const BUSY = { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' };

type Answer = { readonly status: number; readonly body: string } | Error;

/** Answers each call to SSM inside the process. */
function answerWith(answer: (body: string) => Answer) {
  return jest.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    const given = answer(String(init?.body));
    if (!('status' in given)) throw given;
    return new Response(given.body, { status: given.status });
  });
}

describe('Many cold starts at once', () => {
  it.each([120, 200])(
    '[W8] All of %d simultaneous containers get their secrets from a parameter store that takes 40 calls a second',
    async (count) => {
      const wheel = makeTimerWheel();
      const store = createParameterStore(wheel.clock.now);
      store.parameters.set('/owners/dev/client-secret', 'secret-test-ssm');
      const calls = answerWith(store.answer);
      const startedAt = wheel.clock.now();
      const read = createReadSecrets({ now: wheel.clock.now, sleep: wheel.sleep, random: Math.random });
      const starts = await wheel.run(Array.from({ length: count }, () => read(REFERENCES)));
      expect(starts).toEqual(Array(count).fill({ status: 'fulfilled', value: SECRETS }));
      expect(wheel.clock.now() - startedAt).toBeLessThanOrEqual(6_000);
      // Hammering a throttled service would be the other way to get there.
      expect(calls.mock.calls.length).toBeLessThan(8 * count);
    },
  );

  it('[W8] When the retries are used up, the error can be retried and is not about the configuration', async () => {
    const clock = makeClock();
    const waits: number[] = [];
    answerWith(() => BUSY);
    const read = createReadSecrets({
      ...clock,
      sleep: async (ms) => {
        waits.push(ms);
        clock.advance(ms);
      },
      random: () => 0.999,
    });
    await expect(read(REFERENCES)).rejects.toMatchObject({
      code: 'SECRETS_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('HUBSPOT_CLIENT_SECRET'),
    });
    expect(waits.map((ms) => Math.round(ms)).slice(0, 4)).toEqual([400, 799, 999, 999]);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(6_000);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(5_500);
  });

  it('[W8] Cold starts retry at random times, and no container retries at once', async () => {
    for (const chance of [0, 0.25, 0.5, 0.999]) {
      const clock = makeClock();
      const waits: number[] = [];
      const answers: Answer[] = [BUSY, BUSY, BUSY];
      answerWith(() => answers.shift() ?? { status: 200, body: '{"Parameters":[]}' });
      const sleep = async (ms: number) => void waits.push(ms);
      const read = createReadSecrets({ now: clock.now, sleep, random: () => chance });
      await expect(read(REFERENCES)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      expect(waits).toHaveLength(3);
      for (const [index, ms] of waits.entries()) {
        expect(ms).toBeCloseTo(100 + chance * (Math.min(400 * 2 ** index, 1_000) - 100));
      }
    }
  });
});

describe('Temporary errors', () => {
  const read = () => createReadSecrets({ ...makeClock(), random: () => 0.5 })(REFERENCES);
  const good = JSON.stringify({
    Parameters: [{ Name: '/owners/dev/client-secret', Value: 'secret-test-ssm' }],
  });

  it.each<[string, Answer]>([
    ['being throttled', BUSY],
    [
      'being throttled by the long name of the error',
      { status: 400, body: '{"__type":"com.amazonaws.ssm#ThrottlingException"}' },
    ],
    ['being throttled in other words', { status: 400, body: '{"__type":"TooManyRequestsException"}' }],
    ['a 429', { status: 429, body: '' }],
    ['an internal error', { status: 500, body: '{"__type":"InternalServerError"}' }],
    ['a gateway that is away', { status: 503, body: '<html>' }],
    ['a reset connection', new TypeError('fetch failed')],
    ['a time-out', new DOMException('late', 'TimeoutError')],
  ])('[W8] Four retries are made after %s', async (_what, trouble) => {
    const answers: Answer[] = [trouble, trouble, trouble, trouble];
    const calls = answerWith(() => answers.shift() ?? { status: 200, body: good });
    await expect(read()).resolves.toEqual(SECRETS);
    expect(calls).toHaveBeenCalledTimes(5);
  });

  it.each<[string, Answer]>([
    ['stays throttled', BUSY],
    ['stays broken', { status: 500, body: '' }],
    ['stays out of reach', new TypeError('fetch failed')],
    ['answers with a page', { status: 200, body: '<html>' }],
    ['answers with nothing', { status: 200, body: '' }],
    ['answers without parameters', { status: 200, body: '{}' }],
    ['does not take our credentials for now', { status: 400, body: '{"__type":"ExpiredTokenException"}' }],
    ['refuses in words of its own', { status: 403, body: '{"__type":"<b>secret-test-x</b>"}' }],
  ])(
    '[W8] An SSM that %s is not reported as a configuration error, and no text of AWS is passed on',
    async (_what, trouble) => {
      answerWith(() => trouble);
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'SECRETS_UNAVAILABLE', retryable: true, name: 'SecretsUnavailableError' });
      expect(`${error} ${(error as Error).cause}`).not.toMatch(/secret-test|owners\/dev/);
    },
  );
});

describe('Permanent errors', () => {
  const read = () => createReadSecrets({ ...makeClock(), random: () => 0.5 })(REFERENCES);

  it.each([
    ['may not be read', 'AccessDeniedException'],
    ['may not be read, by the long name of the error', 'com.amazonaws.ssm#AccessDeniedException'],
    ['has a key that cannot be used', 'InvalidKeyId'],
    ['does not exist', 'ParameterNotFound'],
    ['has a name that cannot be one', 'ValidationException'],
  ])('[W8] A parameter that %s is reported as a configuration error after one call', async (_what, type) => {
    const calls = answerWith(() => ({ status: 400, body: JSON.stringify({ __type: type, message: 'secret-test-x' }) }));
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('HUBSPOT_CLIENT_SECRET') });
    expect(String(error)).not.toMatch(/secret-test|owners\/dev/);
    expect(calls).toHaveBeenCalledTimes(1);
  });

  it('[W8] A parameter that is missing from the answer is reported as a configuration error', async () => {
    answerWith(() => ({ status: 200, body: '{"Parameters":[],"InvalidParameters":["/owners/dev/client-secret"]}' }));
    await expect(read()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

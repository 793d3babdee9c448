import { createHandler } from '../../functions/set-owner-by-email.ts';
import { createReadSecrets } from '../../lib/config/secrets.ts';
import type { HttpHandler } from '../../lib/http/middleware.ts';
import { lazySetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { makeClock } from '../support/clock.ts';
import { type FakeSsm, startFakeSsm } from '../support/fake-ssm.ts';
import { CLIENT_SECRET, makeContext, makeEvent } from '../support/http-events.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { makeTelemetry, type RecordingTelemetry } from '../support/recording-telemetry.ts';

const SET_ROUTE = '/actions/set-owner-by-email';
const FIND_ROUTE = '/actions/find-owner-by-email';
const environment = { ...process.env };
let ssm: FakeSsm;

beforeEach(async () => {
  ssm = await startFakeSsm();
  ssm.parameters.set('/owners/dev/client-secret', CLIENT_SECRET);
  ssm.parameters.set('/owners/dev/access-token', 'pat-test-ssm');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SSM: ssm.url,
    PUBLIC_BASE_URL: 'https://owner.example.com',
    HUBSPOT_CLIENT_SECRET: 'ssm:/owners/dev/client-secret',
    HUBSPOT_ACCESS_TOKEN: 'ssm:/owners/dev/access-token',
    HUBSPOT_PORTAL_ID: '8200001',
    TABLE_NAME: 'owners',
    ASSIGN_QUEUE_URL: 'https://sqs.example.com/assign',
  });
});

afterEach(async () => {
  process.env = { ...environment };
  await ssm.close();
});

/** So many failures that no patience outlasts them. */
const away = (status = 500, body = '') => Array.from({ length: 40 }, () => ({ status, body }));

/** Signed, and no execution: 400 shows that the secret is known and right, without anything behind it being asked. */
const signed = (route = SET_ROUTE) => makeEvent({ route, body: '{}', nowEpochMs: Date.now() });
const unsigned = (route = SET_ROUTE) => ({ ...signed(route), headers: {} });

async function loadHandler(file: 'set-owner-by-email' | 'find-owner-by-email'): Promise<HttpHandler> {
  const loaded: HttpHandler[] = [];
  await jest.isolateModulesAsync(async () => {
    loaded.push((await import(`../../functions/${file}.ts`)).handler);
  });
  const [handler] = loaded;
  if (handler === undefined) throw new Error('the function has no handler');
  return handler;
}

/** The action, with a patience that takes no time. */
function createQuickHandler(telemetry = makeTelemetry()): HttpHandler {
  const readSecrets = createReadSecrets({ ...makeClock(), random: () => 0.5 });
  return createHandler(telemetry, lazySetOwnerRuntime(telemetry, readSecrets));
}

describe('The first requests of a container', () => {
  it('[E15] The first two hundred simultaneous requests read the secrets once, and each gets its own answer', async () => {
    const telemetry = makeTelemetry();
    const handler = createHandler(telemetry, lazySetOwnerRuntime(telemetry));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => handler(index % 2 === 0 ? signed() : unsigned(), makeContext())),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 400 : 401)),
    );
    expect(ssm.calls).toHaveLength(1);
    expect(ssm.calls[0]?.signed).toBe(true);
  });

  it('[E15] The first two hundred simultaneous requests fail together when SSM is away, and the next one starts again', async () => {
    const handler = createQuickHandler();
    ssm.faults.push(...away());
    const answers = await Promise.all(Array.from({ length: 200 }, () => handler(signed(), makeContext())));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
    const tries = ssm.calls.length;
    expect(tries).toBeLessThan(20);
    ssm.faults.length = 0;
    expect(await handler(signed(), makeContext())).toMatchObject({ statusCode: 400 });
    expect(await handler(signed(), makeContext())).toMatchObject({ statusCode: 400 });
    expect(ssm.calls).toHaveLength(tries + 1);
  });
});

describe('A missing secret', () => {
  it.each<[string, string | undefined, (fake: FakeSsm) => void]>([
    ['missing', undefined, () => {}],
    ['empty', '', () => {}],
    ['white space', ' \n ', () => {}],
    ['no parameter', 'ssm:/owners/dev/unknown', () => {}],
    [
      'an empty parameter',
      'ssm:/owners/dev/client-secret',
      (fake) => fake.parameters.set('/owners/dev/client-secret', ''),
    ],
    [
      'a parameter while SSM refuses',
      'ssm:/owners/dev/client-secret',
      (fake) => fake.faults.push(...away(400, '{"__type":"AccessDeniedException"}')),
    ],
  ])(
    '[S15] A secret that is unusable (%s) gives 503 and an alarm, and no request is refused with 401 or accepted',
    async (_name, secret, spoil) => {
      spoil(ssm);
      if (secret === undefined) delete process.env.HUBSPOT_CLIENT_SECRET;
      else process.env.HUBSPOT_CLIENT_SECRET = secret;
      const telemetry = makeTelemetry();
      const error = { code: 'CONFIG_INVALID', message: 'The service is not configured correctly' };
      await expectNoAnswer(telemetry, error);
      expect(telemetry.counted).toEqual(Array(2).fill({ name: 'ConfigInvalid', dimensions: {} }));
    },
  );

  it.each([
    ['is down', 500, ''],
    ['throttles', 400, '{"__type":"ThrottlingException"}'],
  ])(
    '[S15, W8] While SSM %s, a secret in a parameter gives 503 and an alarm of its own, and no request is refused with 401 or accepted',
    async (_name, status, body) => {
      ssm.faults.push(...away(status, body));
      const telemetry = makeTelemetry();
      const error = { code: 'SECRETS_UNAVAILABLE', message: 'The service could not start' };
      await expectNoAnswer(telemetry, error);
      expect(telemetry.counted).toEqual(Array(2).fill({ name: 'SecretsUnavailable', dimensions: {} }));
    },
  );

  async function expectNoAnswer(telemetry: RecordingTelemetry, error: object): Promise<void> {
    const handler = createQuickHandler(telemetry);
    const mark = CAPTURED_LINES.length;
    const withEmptySecret = makeEvent({ body: '{}', nowEpochMs: Date.now(), secret: '' });
    for (const event of [unsigned(), withEmptySecret]) {
      const { statusCode, body } = await handler(event, makeContext());
      expect(statusCode).toBe(503);
      expect(JSON.parse(body)).toEqual({ status: 'error', correlationId: 'request-1', ...error });
    }
    const lines = CAPTURED_LINES.slice(mark);
    expect(lines.filter((line) => line.includes('HUBSPOT_CLIENT_SECRET'))).toHaveLength(2);
  }

  it('[S15] The find action is closed too when the secret is missing', async () => {
    delete process.env.HUBSPOT_CLIENT_SECRET;
    const handler = await loadHandler('find-owner-by-email');
    expect(await handler(unsigned(FIND_ROUTE), makeContext())).toMatchObject({ statusCode: 503 });
  });

  it('[S15] The same container works after the secret is there', async () => {
    const handler = await loadHandler('find-owner-by-email');
    ssm.parameters.delete('/owners/dev/client-secret');
    expect(await handler(signed(FIND_ROUTE), makeContext())).toMatchObject({ statusCode: 503 });
    ssm.parameters.set('/owners/dev/client-secret', CLIENT_SECRET);
    expect(await handler(signed(FIND_ROUTE), makeContext())).toMatchObject({ statusCode: 400 });
    expect(await handler(unsigned(FIND_ROUTE), makeContext())).toMatchObject({ statusCode: 401 });
  });
});

describe('Health', () => {
  it('[E16] The health page answers without a call and reveals nothing, configured or not', async () => {
    process.env = {};
    const fetching = jest.spyOn(globalThis, 'fetch');
    const { handler } = await import('../../functions/health.ts');
    const { statusCode, headers, body } = await handler();
    expect(statusCode).toBe(200);
    expect(body).toBe('{"status":"ok"}');
    expect(Object.keys(headers).sort()).toEqual(['cache-control', 'content-type']);
    expect(fetching).not.toHaveBeenCalled();
    expect(ssm.calls).toEqual([]);
  });
});

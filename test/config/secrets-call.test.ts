import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createReadSecrets } from '../../lib/config/secrets.ts';
import { makeClock } from '../support/clock.ts';
import { type FakeSsm, startFakeSsm } from '../support/fake-ssm.ts';

jest.mock('../../lib/network/fetch.ts', () => require('../support/global-fetch.ts').withGlobalFetch());

const NAMES = ['/owners/dev/client-secret', '/owners/dev/tök en'];
const SECRETS = { HUBSPOT_CLIENT_SECRET: 'secret-test-1', HUBSPOT_ACCESS_TOKEN: 'pat-test-2' };
const THROTTLED = { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' };
const environment = { ...process.env };
let ssm: FakeSsm;

/** As at a cold start, with a patience that takes no time. */
const readSecrets = () =>
  createReadSecrets({ ...makeClock(), random: () => 0.5 })(
    Object.keys(SECRETS).map((variable, index) => ({ variable, reference: `ssm:${NAMES[index]}` })),
  );

beforeEach(async () => {
  ssm = await startFakeSsm();
  for (const [index, value] of Object.values(SECRETS).entries()) ssm.parameters.set(NAMES[index] ?? '', value);
  process.env.AWS_ENDPOINT_URL_SSM = ssm.url;
});

afterEach(async () => {
  process.env = { ...environment };
  await ssm.close();
});

describe('The call', () => {
  it('A call to SSM is signed as AWS documents it, and as the real client signs it', async () => {
    const client = new SSMClient({ endpoint: ssm.url });
    await client.send(new GetParametersCommand({ Names: NAMES, WithDecryption: true }));
    await readSecrets();
    client.destroy();

    const [theirs, ours] = ssm.calls;
    expect([theirs?.signed, ours?.signed]).toEqual([true, true]);
    expect(JSON.parse(ours?.body ?? '')).toEqual(JSON.parse(theirs?.body ?? ''));
    const told = ({ method, path, headers }: NonNullable<typeof ours>) => ({
      method,
      path,
      target: headers['x-amz-target'],
      type: headers['content-type'],
      scope: /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1],
    });
    expect(ours && told(ours)).toEqual(theirs && told(theirs));
  });

  it('A call to SSM is signed with the secret key of the environment and the session token of a role', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'another key';
    await readSecrets();
    process.env.AWS_SECRET_ACCESS_KEY = 'local';
    process.env.AWS_SESSION_TOKEN = 'session-1';
    await readSecrets();
    expect(ssm.calls.map(({ signed }) => signed)).toEqual([false, true]);
    const { headers } = ssm.calls[1] ?? {};
    expect(headers?.['x-amz-security-token']).toBe('session-1');
    expect(headers?.authorization).toContain('x-amz-security-token');
  });

  it.each([
    ['eu-central-1', 'https://ssm.eu-central-1.amazonaws.com/'],
    ['us-gov-west-1', 'https://ssm.us-gov-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://ssm.cn-north-1.amazonaws.com.cn/'],
    ['eusc-de-east-1', 'https://ssm.eusc-de-east-1.amazonaws.eu/'],
  ])('A call to SSM in the region %s goes to the default address %s', async (region, address) => {
    const send = jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () =>
        Response.json({ Parameters: NAMES.map((Name) => ({ Name, Value: 'secret-test-1' })) }),
      );
    for (const endpoint of [undefined, '']) {
      if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL_SSM;
      else process.env.AWS_ENDPOINT_URL_SSM = endpoint;
      process.env.AWS_REGION = region;
      await readSecrets();
    }
    expect(send.mock.calls.map(([url]) => String(url))).toEqual([address, address]);
  });
});

describe('The answer', () => {
  it('A call to SSM is repeated after a reset, an incomplete answer and a busy moment', async () => {
    ssm.faults.push('reset', 'cut', THROTTLED, { status: 503, body: '<html>' });
    expect(await readSecrets()).toEqual(SECRETS);
    expect(ssm.calls.map(({ signed }) => signed)).toEqual(Array(5).fill(true));
  });

  it('A redirect of SSM is not followed, because it would pass the signature on', async () => {
    const elsewhere = await startFakeSsm();
    ssm.faults.push(...Array.from({ length: 40 }, () => ({ status: 307, body: '', location: elsewhere.url })));
    await expect(readSecrets()).rejects.toMatchObject({ code: 'SECRETS_UNAVAILABLE' });
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.close();
  });

  it('A call to SSM does not wait for an answer without end', async () => {
    const clock = makeClock();
    const shortly = AbortSignal.timeout.bind(AbortSignal);
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      clock.advance(ms);
      return shortly(30);
    });
    ssm.faults.push(...Array.from({ length: 40 }, () => 'hang' as const));
    const [variable = ''] = Object.keys(SECRETS);
    const reading = createReadSecrets({ ...clock, random: () => 0.5 })([{ variable, reference: `ssm:${NAMES[0]}` }]);
    await expect(reading).rejects.toMatchObject({
      code: 'SECRETS_UNAVAILABLE',
      cause: { name: 'TimeoutError' },
    });
    expect(timeout.mock.calls).toEqual(Array(4).fill([1_500]));
  });
});

import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { readParameters } from '../../lib/config/ssm-parameters.ts';
import { type FakeSsm, startFakeSsm } from '../support/fake-ssm.ts';

const NAMES = ['/owners/dev/client-secret', '/owners/dev/tök en'];
const THROTTLED = { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' };
const DENIED = { status: 400, body: '{"__type":"AccessDeniedException","message":"secret-test-message"}' };
const environment = { ...process.env };
let ssm: FakeSsm;

beforeEach(async () => {
  ssm = await startFakeSsm();
  ssm.parameters.set('/owners/dev/client-secret', 'secret-test-1');
  process.env.AWS_ENDPOINT_URL_SSM = ssm.url;
});

afterEach(async () => {
  process.env = { ...environment };
  await ssm.close();
});

describe('the call', () => {
  it('is signed as AWS documents it, as the real client signs its own', async () => {
    const client = new SSMClient({ endpoint: ssm.url });
    await client.send(new GetParametersCommand({ Names: NAMES, WithDecryption: true }));
    await readParameters(NAMES);
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

  it('is signed with the secret key of the environment, and with the session token of a role', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'another key';
    await readParameters(NAMES);
    process.env.AWS_SECRET_ACCESS_KEY = 'local';
    process.env.AWS_SESSION_TOKEN = 'session-1';
    await readParameters(NAMES);
    expect(ssm.calls.map(({ signed }) => signed)).toEqual([false, true]);
    const { headers } = ssm.calls[1] ?? {};
    expect(headers?.['x-amz-security-token']).toBe('session-1');
    expect(headers?.authorization).toContain('x-amz-security-token');
  });

  it.each([
    ['eu-central-1', 'https://ssm.eu-central-1.amazonaws.com/'],
    ['us-gov-west-1', 'https://ssm.us-gov-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://ssm.cn-north-1.amazonaws.com.cn/'],
  ])('goes to the address of the region %s when no other is given', async (region, address) => {
    const send = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ Parameters: [] }));
    for (const endpoint of [undefined, '']) {
      if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL_SSM;
      else process.env.AWS_ENDPOINT_URL_SSM = endpoint;
      process.env.AWS_REGION = region;
      await readParameters(NAMES);
    }
    expect(send.mock.calls.map(([url]) => String(url))).toEqual([address, address]);
  });
});

describe('the answer', () => {
  it('holds what exists and leaves out what does not', async () => {
    const valueByName = new Map([['/owners/dev/client-secret', 'secret-test-1']]);
    expect(await readParameters(NAMES)).toEqual({ kind: 'read', valueByName });
  });

  it.each([
    ['a reset connection', 'reset' as const],
    ['an internal error', { status: 500, body: '' }],
    ['a gateway that is away', { status: 503, body: '<html>' }],
    ['a busy moment', { status: 429, body: '' }],
    ['a busy moment as SSM tells it', THROTTLED],
  ])('is asked for once more after %s', async (_name, fault) => {
    ssm.faults.push(fault);
    expect(await readParameters(NAMES)).toMatchObject({ kind: 'read', valueByName: { size: 1 } });
    expect(ssm.calls.map(({ signed }) => signed)).toEqual([true, true]);
  });

  it.each([
    ['when both tries fail', [{ status: 500, body: '' }, 'reset' as const], 2],
    ['when SSM stays busy', [THROTTLED, THROTTLED], 2],
    ['when it is no JSON', [{ status: 200, body: '<html>' }], 1],
    ['when it is not an object', [{ status: 200, body: 'null' }], 1],
  ])('is an error %s', async (_name, faults, tries) => {
    ssm.faults.push(...faults);
    await expect(readParameters(NAMES)).rejects.toThrow();
    expect(ssm.calls).toHaveLength(tries);
  });

  it('says that SSM refuses, after one call and in one word of AWS', async () => {
    ssm.faults.push(DENIED);
    expect(await readParameters(NAMES)).toEqual({ kind: 'refused', trouble: 'AccessDeniedException' });
    expect(ssm.calls).toHaveLength(1);
  });

  it('is asked for once more when the connection breaks in the middle of it', async () => {
    ssm.faults.push('cut');
    expect(await readParameters(NAMES)).toMatchObject({ kind: 'read', valueByName: { size: 1 } });
    expect(ssm.calls).toHaveLength(2);
  });

  it('is not sought elsewhere: a redirect would take the signature along', async () => {
    const elsewhere = await startFakeSsm();
    const redirect = { status: 307, body: '', location: elsewhere.url };
    ssm.faults.push(redirect, redirect);
    await expect(readParameters(NAMES)).rejects.toThrow();
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.close();
  });

  it('is not waited for without end', async () => {
    const shortly = AbortSignal.timeout.bind(AbortSignal);
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => shortly(30));
    ssm.faults.push('hang', 'hang');
    await expect(readParameters(NAMES)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(timeout.mock.calls).toEqual([[1_500], [1_500]]);
  });
});

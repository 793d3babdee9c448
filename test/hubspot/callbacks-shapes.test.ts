import { makeAnswering, PORTAL_ID } from './adapters.ts';

const OUTPUTS = { outcome: 'ASSIGNED', hs_execution_state: 'SUCCESS' };
const BROKEN = { code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true };

function answering(...statuses: number[]) {
  const adapters = makeAnswering(...statuses.map((status) => ({ status, body: '' })));
  const complete = (...callbackIds: string[]) =>
    adapters.callbacks.complete(
      PORTAL_ID,
      callbackIds.map((callbackId) => ({ callbackId, outputFields: OUTPUTS })),
      1,
    );
  const bodies = () => adapters.requests.map(({ body = '' }) => JSON.parse(body) as unknown);
  return { ...adapters, complete, bodies };
}

describe('the form of a completion', () => {
  it('has typed outputs, which the specification requires, in a batch and alone', async () => {
    const { complete, requests, bodies } = answering(204);
    await complete('ap-1', 'ap-2');
    await complete('ap-3');
    const alone = { outputFields: OUTPUTS, typedOutputs: {} };
    expect(bodies()).toEqual([
      {
        inputs: [
          { callbackId: 'ap-1', ...alone },
          { callbackId: 'ap-2', ...alone },
        ],
      },
      alone,
    ]);
    for (const { method, headers } of requests) {
      expect({ method, headers }).toMatchObject({ method: 'POST', headers: { 'Content-Type': 'application/json' } });
    }
  });

  it.each([
    ['ap-1-2-3-4', 'ap-1-2-3-4'],
    ['a/b?c=d#e', 'a%2Fb%3Fc%3Dd%23e'],
    ['../owners', '..%2Fowners'],
    ['ü', '%C3%BC'],
  ])('[X4] has its id, %s, as one segment of a dated path', async (callbackId, segment) => {
    const { complete, requests } = answering(204);
    await complete(callbackId);
    expect(requests.map(({ url }) => url)).toEqual([
      `https://api.example.com/automation/actions/callbacks/2026-09/${segment}/complete`,
    ]);
  });
});

describe('the answer to a completion', () => {
  it.each([200, 202, 204])('%d is success, with nothing about anybody', async (status) => {
    const { complete, requests } = answering(status);
    expect(await complete('ap-1', 'ap-2')).toBe('completed');
    expect(requests).toHaveLength(1);
  });

  it.each([400, 404])('[H25] %d is a refusal, whoever it is about', async (status) => {
    const { complete, requests } = answering(status);
    expect(await complete('ap-1', 'ap-2', 'ap-3')).toBe('refused');
    expect(await complete('ap-1')).toBe('refused');
    expect(requests).toHaveLength(2);
  });

  it.each([304, 405, 410, 413, 415, 422])('[H20] %d breaks the contract: nobody is given up for it', async (status) => {
    await expect(answering(status).complete('ap-1', 'ap-2')).rejects.toMatchObject(BROKEN);
    await expect(answering(status).complete('ap-1')).rejects.toMatchObject(BROKEN);
  });
});

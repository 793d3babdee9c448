import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { createPatientQueueClient, createQueueClient } from '../../lib/queue/queue-clients.ts';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

it.each([createQueueClient, createPatientQueueClient])(
  'A queue that does not answer keeps no function waiting (%p)',
  async (make) => {
    // Nobody listens there.
    const AWS_ENDPOINT_URL_SQS = 'http://127.0.0.1:1';
    const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'eu-central-1' };
    Object.assign(process.env, keys, { AWS_ENDPOINT_URL_SQS, AWS_MAX_ATTEMPTS: '1' });
    const client = make();
    await expect(client.send(new ListQueuesCommand())).rejects.toThrow();
    const given = {
      requestTimeout: expect.any(Number),
      connectionTimeout: expect.any(Number),
      throwOnRequestTimeout: true,
    };
    expect(client.config.requestHandler).toMatchObject({ config: given });
  },
);

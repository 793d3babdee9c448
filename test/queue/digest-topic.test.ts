import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDigestTopic } from '../../lib/queue/digest-topic.ts';
import { isSigned } from '../support/aws-signature.ts';

const ARN = 'arn:aws:sns:eu-central-1:111111111111:digest';
const SECRET = 'local-secret';
const DIGEST = { subject: 'A subject', email: 'Text', chat: { title: 'A title', description: '- One' } };

let sns: Server;
let received: { readonly request: IncomingMessage; readonly body: string }[];
let status: number;
const environment = { ...process.env };

beforeEach(async () => {
  [received, status] = [[], 200];
  sns = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    received.push({ request, body });
    response.writeHead(status).end('<PublishResponse/>');
  });
  await new Promise<void>((resolve) => sns.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_ENDPOINT_URL_SNS: `http://127.0.0.1:${(sns.address() as AddressInfo).port}`,
  });
});

afterEach(async () => {
  process.env = { ...environment };
  await new Promise((resolve) => sns.close(resolve));
});

it('A digest is published as one signed message, with text for email and a custom notification for a chat', async () => {
  await createDigestTopic(ARN).publish(DIGEST);
  const [{ request, body } = { request: undefined, body: '' }] = received;
  const form = Object.fromEntries(new URLSearchParams(body));
  expect(form).toMatchObject({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: ARN,
    Subject: 'A subject',
    MessageStructure: 'json',
  });
  const { https, ...texts } = JSON.parse(form.Message ?? '{}');
  expect(texts).toEqual({ default: 'Text', email: 'Text' });
  expect(JSON.parse(https)).toEqual({
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: 'A title', description: '- One' },
  });
  const { method = '', url: path = '', headers = {} } = request ?? {};
  expect(isSigned({ method, path, headers, body }, SECRET)).toBe(true);
  expect(received).toHaveLength(1);
});

it('A digest for a topic of another region goes to that region', async () => {
  delete process.env.AWS_ENDPOINT_URL_SNS;
  const asked: string[] = [];
  const fetchIt = async (url: URL, { headers }: { headers: Record<string, string> }) => {
    asked.push(url.host, /Credential=[^,]+/.exec(headers.authorization ?? '')?.[0].split('/')[2] ?? '');
    return new Response('<PublishResponse/>');
  };
  await createDigestTopic(ARN.replace('eu-central-1', 'us-east-1'), fetchIt as unknown as typeof fetch).publish(DIGEST);
  expect(asked).toEqual(['sns.us-east-1.amazonaws.com', 'us-east-1']);
});

it.each([403, 500, 429])('Publishing a digest fails when SNS answers %i, without a second try', async (answered) => {
  status = answered;
  await expect(createDigestTopic(ARN).publish(DIGEST)).rejects.toMatchObject({ code: 'DIGEST_NOT_SENT' });
  expect(received).toHaveLength(1);
});

it('Publishing a digest fails when SNS cannot be reached', async () => {
  const unreachable = async () => {
    throw new TypeError('fetch failed');
  };
  await expect(createDigestTopic(ARN, unreachable as typeof fetch).publish(DIGEST)).rejects.toMatchObject({
    code: 'DIGEST_NOT_SENT',
  });
});

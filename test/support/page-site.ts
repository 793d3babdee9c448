import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createHandler } from '../../functions/portal-page.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { type FetchOptions, nodeFetch } from '../../lib/network/fetch.ts';
import { createPortalPageRuntime } from '../../lib/runtime/portal-page-runtime.ts';
import { addUser } from '../../local/simulator/seed-users.ts';
import { type SignedParts, signV3 } from '../../local/simulator/sign.ts';
import { BASE_URL, CLIENT_SECRET, makeContext } from './http-events.ts';
import { PORTAL, type Service } from './service.ts';

type PageRequest = {
  readonly path: string;
  readonly method?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly portalId?: number;
  readonly userId?: number;
};

type PageAnswer<Body = Record<string, unknown>> = { readonly status: number; readonly body: Body };

export type PageSite = {
  /** What `hubspot.fetch` of a super admin does, unless another user is named. */
  fetch<Body = Record<string, unknown>>(request: PageRequest): Promise<PageAnswer<Body>>;
  /** HubSpot's signature of a request. */
  headersFor(parts: SignedParts): Record<string, string>;
  /** The request as it reaches the function. */
  sign(request: PageRequest): HttpEvent;
  send<Body = Record<string, unknown>>(event: HttpEvent): Promise<PageAnswer<Body>>;
  /** Messages that were queued. */
  readonly queued: string[];
  readonly admin: number;
  readonly user: number;
};

/** Makes a call to another service, or fails it, before or after its effect. */
export type Through = <Reply>(
  service: 'dynamodb' | 'hubspot' | 'sqs',
  call: () => Promise<Reply>,
  command?: object,
) => Promise<Reply>;

/** The row of a change cannot be finished, as if the container ended right after the effect. */
export const failFinish: Through = (service, call, command) =>
  service === 'dynamodb' && JSON.stringify(command).includes('":answer"')
    ? Promise.reject(new Error('the table is away'))
    : call();

export const newChangeId = (): string => randomUUID();

/** The settings page's function over a service's table and simulator, in a container of its own. */
export function openPage(
  service: Service,
  people?: Pick<PageSite, 'admin' | 'user'>,
  through: Through = (_service, call) => call(),
): PageSite {
  const { simulator, clock, table, telemetry, config } = service;
  const addOne = (superAdmin: boolean) => addUser(simulator.state, PORTAL, { superAdmin }).userId;
  const { admin, user } = people ?? { admin: addOne(true), user: addOne(false) };
  const queued: string[] = [];
  const sqs = {
    send: ({ input }: { readonly input: { readonly Entries: readonly { readonly MessageBody: string }[] } }) =>
      through('sqs', async () => {
        queued.push(...input.Entries.map(({ MessageBody }) => MessageBody));
        return {};
      }),
  } as unknown as SQSClient;
  const platform = {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    newId: randomUUID,
    table: Object.create(table.client, {
      send: { value: (command: never) => through('dynamodb', () => table.client.send(command), command) },
    }) as typeof table.client,
    fetch: (url: string | URL, options: FetchOptions) => through('hubspot', () => nodeFetch(url, options)),
    hubspotTryTimeoutMs: 2_000,
  };
  const page = { ...config, refreshQueueUrl: 'http://127.0.0.1:9/refresh', refreshHourUtc: 2 };
  const runtime = createPortalPageRuntime(page, telemetry, platform, sqs);
  const handler = createHandler(telemetry, async () => runtime);

  const headersFor = (parts: SignedParts) => ({
    'content-type': 'application/json',
    'x-hubspot-signature-v3': signV3(CLIENT_SECRET, parts, clock.now()),
    'x-hubspot-request-timestamp': String(clock.now()),
  });

  function sign({
    path,
    method = 'PATCH',
    query = {},
    body,
    portalId = PORTAL,
    userId = admin,
  }: PageRequest): HttpEvent {
    const own = new URLSearchParams(query).toString();
    const email = encodeURIComponent('viewer@example.com');
    const appended = `userId=${userId}&userEmail=${email}&appId=4711&portalId=${portalId}`;
    const rawQueryString = own === '' ? appended : `${own}&${appended}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const uri = `${BASE_URL}${path}?${rawQueryString}`;
    return {
      version: '2.0',
      rawPath: path,
      rawQueryString,
      headers: headersFor({ method, uri, body: text }),
      body: text,
      isBase64Encoded: false,
      requestContext: { requestId: 'request-1', http: { method } },
    };
  }

  const send = async <Body>(event: HttpEvent): Promise<PageAnswer<Body>> => {
    const { statusCode, body } = await handler(event, makeContext(29_000));
    return { status: statusCode, body: JSON.parse(body) as Body };
  };
  return { headersFor, sign, send, fetch: (request) => send(sign(request)), queued, admin, user };
}

import { Agent, type IncomingMessage, request } from 'node:http';
import type { VirtualTime } from './virtual-time.ts';

export type ApiReply = { readonly status: number; readonly body: unknown };

/** The calls that the other ways make, one HTTP request each, nothing tried again. */
export type HubSpotApi = {
  listOwners(query: Readonly<Record<string, string>>): Promise<ApiReply>;
  setOwner(recordId: string, ownerId: string): Promise<ApiReply>;
  close(): void;
};

export type OwnerRow = { readonly id: string; readonly email?: string };
export type OwnerPage = {
  readonly results: readonly OwnerRow[];
  readonly paging?: { readonly next: { readonly after: string } };
};

const OWNERS_PATH = '/crm/owners/2026-09';
const CONTACTS_PATH = '/crm/objects/2026-09/0-1';

export function createHubSpotApi(baseUrl: string, token: string, time: VirtualTime): HubSpotApi {
  // Connections are kept: tens of thousands of new ones would use up the ports of the machine.
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(baseUrl);

  function send(method: string, path: string, body?: unknown): Promise<ApiReply> {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
    };
    const exchange = () =>
      new Promise<ApiReply>((resolve, reject) => {
        const sent = request({ hostname, port, path, method, headers, agent }, (response) => {
          readReply(response).then(resolve, reject);
        });
        sent.once('error', reject);
        sent.end(payload);
      });
    return time.hold(exchange);
  }

  return {
    listOwners: (query) => send('GET', `${OWNERS_PATH}?${new URLSearchParams(query)}`),
    setOwner: (recordId, ownerId) =>
      send('PATCH', `${CONTACTS_PATH}/${recordId}`, { properties: { hubspot_owner_id: ownerId } }),
    close: () => agent.destroy(),
  };
}

async function readReply(response: IncomingMessage): Promise<ApiReply> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  return { status: response.statusCode ?? 0, body: JSON.parse(text) };
}

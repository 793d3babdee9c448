import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpEvent } from '../../../lib/http/http-event.ts';
import { CLIENT_SECRET } from '../../support/http-events.ts';
import { makeOfflineService, type OfflineService } from '../../support/offline-service.ts';

export type ServedActions = {
  readonly url: string;
  /** What the handlers asked HubSpot and the table for. */
  readonly service: OfflineService;
  close(): Promise<void>;
};

/**
 * The real action handlers behind a real address, and the answer of an HTTP API: 404 for what it has no route for.
 * The options route is answered by the find action's handler, whose signature check is the same.
 */
export async function serveActions(options: { readonly secret?: string } = {}): Promise<ServedActions> {
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = makeOfflineService({
    config: { publicBaseUrl: url, secrets: { current: options.secret ?? CLIENT_SECRET } },
  });
  return {
    url,
    service,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url: rawPath = '', method = '' } = request;
    if (rawPath === '/health') return void response.end('{"status":"ok"}');
    const action = /^\/actions\/(set|find)-owner-by-email$/.exec(rawPath)?.[1];
    if (action === undefined) {
      response.writeHead(404);
      return void response.end('{"message":"Not Found"}');
    }
    const event: HttpEvent = {
      version: '2.0',
      rawPath,
      rawQueryString: '',
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(chunks).toString('utf8'),
      isBase64Encoded: false,
      requestContext: { requestId: 'request-1', http: { method } },
    };
    const { status, text } = await service.send(event, action === 'find' ? 'find' : 'set');
    // The time of the fake clock, as the whole service has it.
    const date = new Date(service.clock.now()).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date });
    response.end(text);
  }
}

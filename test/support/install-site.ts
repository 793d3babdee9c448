import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpResult } from '../../lib/http/http-event.ts';
import { type InstallService, makeGet, startInstallService } from './install-service.ts';

export type InstallSite = { readonly url: string; readonly service: InstallService; close(): Promise<void> };

/**
 * The install functions behind a server that a browser can open. `localhost` counts as secure in browsers, and is another
 * site than the simulator's `127.0.0.1`, as ours is another than HubSpot's.
 */
export async function startInstallSite(): Promise<InstallSite> {
  let service: InstallService | undefined;
  const answer = async (
    url: string,
    { cookie = '', 'accept-language': language }: IncomingHttpHeaders,
  ): Promise<HttpResult> => {
    const { pathname, search } = new URL(url, 'http://localhost');
    if (service === undefined) throw new Error('the service is not up');
    const headers = { 'accept-language': language };
    const event = makeGet(pathname, search.slice(1), cookie === '' ? [] : cookie.split('; '), headers);
    if (pathname.startsWith('/oauth/install')) return service.start(event);
    if (pathname === '/oauth/callback') return service.comeBack(event);
    if (pathname === '/oauth/connected') return service.show(event);
    return { statusCode: 404, headers: {}, body: '' };
  };
  const server = createServer((request, response) => {
    answer(request.url ?? '/', request.headers).then(
      ({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const started = await startInstallService({ publicBaseUrl: url });
  service = started;
  return {
    url,
    service: started,
    async close() {
      await started.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

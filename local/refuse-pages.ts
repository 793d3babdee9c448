import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Refuses requests of web pages to a server on this machine: any page in a browser may send requests to it, and engines that
 * answer "from anywhere" let it read the answers. Browsers put the page's origin into such a request, programs do not.
 * @param server one server, or the prototype of all servers of the process
 */
export function refusePages(server: Pick<Server, 'emit'>, isGuarded: (path: string) => boolean = () => true): void {
  const { emit } = server;
  server.emit = function emitUnlessOfPage(this: unknown, event: string, ...rest: unknown[]): boolean {
    const [request, response] = rest as [IncomingMessage, ServerResponse];
    const isOfPage = event === 'request' && request.headers.origin !== undefined && isGuarded(request.url ?? '');
    if (!isOfPage) return Reflect.apply(emit, this, [event, ...rest]);
    response.writeHead(403, { connection: 'close' }).end();
    return true;
  };
}

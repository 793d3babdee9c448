import type { Server } from 'node:http';
import { interceptRequests } from './intercept-requests.ts';

/**
 * Refuses requests of web pages to a server on this machine: any page in a browser may send requests to it, and engines that
 * answer "from anywhere" let it read the answers. Browsers put the page's origin into such a request, programs do not.
 * @param server one server, or the prototype of all servers of the process
 */
export function refusePages(server: Pick<Server, 'emit'>, isGuarded: (path: string) => boolean = () => true): void {
  interceptRequests(
    server,
    ({ headers, url = '' }) => headers.origin !== undefined && isGuarded(url),
    (response) => void response.writeHead(403, { connection: 'close' }).end(),
  );
}

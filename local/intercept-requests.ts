import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Takes requests away from what answers them.
 * @param server one server, or the prototype of all servers of the process
 * @param handle `pass` gives the request on
 */
export function interceptRequests(
  server: Pick<Server, 'emit'>,
  isMeant: (request: IncomingMessage) => boolean,
  handle: (response: ServerResponse, pass: () => void) => void,
): void {
  const { emit } = server;
  server.emit = function emitUnlessMeant(this: unknown, event: string, ...rest: unknown[]): boolean {
    const pass = () => Reflect.apply(emit, this, [event, ...rest]);
    const [request, response] = rest as [IncomingMessage, ServerResponse];
    if (event !== 'request' || !isMeant(request)) return pass();
    handle(response, pass);
    return true;
  };
}

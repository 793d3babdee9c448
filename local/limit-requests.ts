import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createSlots } from './simulator/slots.ts';

/**
 * Lets `count` requests through at a time; the others wait in order. serverless-offline starts a thread for each open request. A
 * burst would start all of them at once, and so slowly that every function runs out of time. On AWS, each has its own processor.
 * @param server one server, or the prototype of all servers of the process
 */
export function limitRequests(
  server: Pick<Server, 'emit'>,
  count: number,
  isLimited: (path: string) => boolean = () => true,
): void {
  const { emit } = server;
  const slots = createSlots(count);
  server.emit = function emitInTurn(this: unknown, event: string, ...rest: unknown[]): boolean {
    const pass = () => Reflect.apply(emit, this, [event, ...rest]);
    const [request, response] = rest as [IncomingMessage, ServerResponse];
    if (event !== 'request' || !isLimited(request.url ?? '')) return pass();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    let isClosed = false;
    response.once('close', () => {
      isClosed = true;
      resolve();
    });
    void slots.run(() => {
      // The caller may have left while it waited.
      if (!isClosed) pass();
      return closed;
    });
    return true;
  };
}

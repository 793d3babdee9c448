import type { Server } from 'node:http';
import { interceptRequests } from './intercept-requests.ts';
import { createSlots } from './simulator/slots.ts';

/**
 * Lets `count` requests through at a time; the others wait in order. serverless-offline starts a thread for each open request. A
 * burst would start all of them at once, and so slowly that every function runs out of time. On AWS, each has its own processor.
 * @param server one server, or the prototype of all servers of the process
 */
export function limitRequests(server: Pick<Server, 'emit'>, count: number, isLimited: (path: string) => boolean): void {
  const slots = createSlots(count);
  interceptRequests(
    server,
    ({ url = '' }) => isLimited(url),
    (response, pass) => {
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
    },
  );
}

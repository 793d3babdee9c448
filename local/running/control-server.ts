import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The commands that a running stack accepts from other terminals, by name. Input and answer are JSON. */
export type ControlHandlers = Readonly<Record<string, (input: unknown) => Promise<object>>>;

export type ControlServer = {
  readonly url: string;
  readonly token: string;
  /** From now on the stack is ready. */
  open(handlers: ControlHandlers): void;
  close(): Promise<void>;
};

/** A request cannot be done; the message says why. */
export class ControlError extends Error {}

/** How commands in other terminals reach a stack: on this machine, and only for those who can read its lock. */
export async function startControlServer(): Promise<ControlServer> {
  const token = randomBytes(24).toString('base64url');
  let handlers: ControlHandlers | undefined;
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
  });

  async function answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    if (!isSame(request.headers.authorization, `Bearer ${token}`)) return { status: 401, body: {} };
    if (request.url === '/status') return { status: 200, body: { isReady: handlers !== undefined } };
    const handle = handlers?.[request.url?.slice(1) ?? ''];
    if (handle === undefined) return { status: 404, body: { error: 'the running stack does not know this command' } };
    try {
      return { status: 200, body: await handle(JSON.parse(await text(request))) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { status: error instanceof ControlError ? 400 : 500, body: { error: message } };
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    open(ready) {
      handlers = ready;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isSame(given: string | undefined, expected: string): boolean {
  const [one, other] = [given ?? '', expected].map((value) => Buffer.from(value));
  return one !== undefined && other !== undefined && one.length === other.length && timingSafeEqual(one, other);
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Passing = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

export type AlteringProxy = { readonly url: string; close(): Promise<void> };

/** Passes calls on, and answers with what `alter` makes of the reply; undefined refuses to answer. */
export async function startAlteringProxy(
  target: string,
  alter: (passing: Passing) => Pick<Passing, 'status' | 'headers' | 'text'> | undefined,
): Promise<AlteringProxy> {
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '' } = request;
    const body = await read(request);
    const headers = new Headers();
    for (const name of ['authorization', 'content-type', 'accept'] as const) {
      const value = request.headers[name];
      if (value !== undefined) headers.set(name, value);
    }
    const reply = await fetch(`${target}${path}`, { method, headers, ...(body !== '' && { body }) });
    const altered = alter({
      method,
      path,
      status: reply.status,
      headers: new Headers(reply.headers),
      text: await reply.text(),
    });
    if (altered === undefined) {
      request.socket.destroy();
      return;
    }
    const kept = [...altered.headers].filter(([name]) => /^(content-type|x-hubspot-|retry-after)/.test(name));
    response.writeHead(altered.status, Object.fromEntries(kept));
    response.end(altered.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string };
export type ActionServer = {
  readonly url: string;
  readonly received: Received[];
  /** How many requests were being answered at once, at most. */
  readonly mostAtOnce: () => number;
  /** Answers the next requests, one function each; the last one goes on answering. */
  answerWith(...answers: readonly ((response: ServerResponse) => void)[]): void;
};

export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body === '' ? '' : JSON.stringify(body));
  };
}

/** A stand-in for the deployed action. */
export function useActionServer(): () => ActionServer {
  let server: Server | undefined;
  let current: ActionServer | undefined;

  beforeEach(async () => {
    const received: Received[] = [];
    let answers: readonly ((response: ServerResponse) => void)[] = [];
    let open = 0;
    let most = 0;
    const started = createServer((request, response) => {
      open += 1;
      most = Math.max(most, open);
      response.once('close', () => {
        open -= 1;
      });
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), path: request.url ?? '' });
        const [next, ...rest] = answers;
        if (rest.length > 0) answers = rest;
        next?.(response);
      });
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    const { port } = started.address() as AddressInfo;
    current = {
      url: `http://127.0.0.1:${port}`,
      received,
      mostAtOnce: () => most,
      answerWith: (...next) => {
        answers = next;
      },
    };
  });

  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  return () => {
    if (current === undefined) throw new Error('The action server runs only inside a test');
    return current;
  };
}

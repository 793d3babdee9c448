import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ControlError } from '../running/control-server.ts';
import { bundlePage } from './bundle-page.ts';

type PageAnswer = { readonly status: number; readonly contentType: string; readonly body: string };

/** What the page in the browser asks for below `/desk/`, by name. */
export type DeskHandlers = Readonly<Record<string, (input: unknown) => Promise<PageAnswer | object>>>;

export type PageServer = { readonly url: string; close(): Promise<void> };

const MOST_BYTES = 2_000_000;

const INDEX = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Owner by email on the desk</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body><div id="root"></div></body>
</html>
`;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Serves the settings page and the workbench on this machine, to the browser that opened them and to no other page in it. */
export async function startPageServer(handlers: DeskHandlers, port = 0): Promise<PageServer> {
  const { script, style } = await bundlePage();
  const files: Readonly<Record<string, PageAnswer>> = {
    '/': { status: 200, contentType: 'text/html; charset=utf-8', body: INDEX },
    '/page.js': { status: 200, contentType: 'text/javascript; charset=utf-8', body: script },
    '/page.css': { status: 200, contentType: 'text/css; charset=utf-8', body: style },
  };
  let origin = '';

  async function answer(request: IncomingMessage): Promise<PageAnswer> {
    // A name that leads to this machine, or a form of another page, must not reach the desk.
    if (`http://${request.headers.host}` !== origin) return refuse(421, 'open the address that npm start printed');
    const path = request.url ?? '';
    if (request.method === 'GET') return files[path] ?? refuse(404, 'there is no such page');
    if (request.method !== 'POST' || request.headers.origin !== origin) return refuse(403, 'this page alone may ask');
    if (request.headers['content-type'] !== 'application/json') return refuse(415, 'JSON only');
    if (Number(request.headers['content-length'] ?? MOST_BYTES + 1) > MOST_BYTES) return refuse(413, 'too large');
    const handle = handlers[path.replace('/desk/', '')];
    if (handle === undefined || !path.startsWith('/desk/')) return refuse(404, 'the desk does not know this');
    try {
      const result = await handle(JSON.parse(await text(request)));
      return isAnswer(result) ? result : toJson(200, result);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return refuse(error instanceof ControlError ? 400 : 500, message);
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body } = await answer(request);
    response
      .writeHead(status, {
        'content-type': contentType,
        'content-security-policy': POLICY,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(body);
  }

  const server = createServer((request, response) => void respond(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: origin,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isAnswer(value: PageAnswer | object): value is PageAnswer {
  return 'status' in value && 'contentType' in value && 'body' in value;
}

function toJson(status: number, value: object): PageAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

function refuse(status: number, error: string): PageAnswer {
  return toJson(status, { error });
}

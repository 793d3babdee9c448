import { createServer, type IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import type { Context } from 'aws-lambda';
import { createHandler } from '../../../functions/set-owner-by-email.ts';
import { loadSetOwnerConfig } from '../../../lib/config/load-config.ts';
import { readSsmSecrets } from '../../../lib/config/secrets.ts';
import type { HttpEvent } from '../../../lib/http/http-event.ts';
import type { HttpHandler } from '../../../lib/http/middleware.ts';
import { createTelemetry } from '../../../lib/observability/telemetry.ts';
import { createSetOwnerRuntime } from '../../../lib/runtime/set-owner-runtime.ts';
import { createSlots } from '../../../local/simulator/slots.ts';
import { answerQuestions, parentChannel } from './channel.ts';
import { createContainerWorld, readTokens } from './container-world.ts';

/**
 * Containers of the action: each with a memory of its own, and with one execution at a time, as on Lambda. They share a
 * process, because the machine would not hold as many.
 */
const MOST_CONTAINERS = 40;
const FUNCTION_TIMEOUT_MS = 10_000;

const { newWorld, usage } = createContainerWorld();
const telemetry = createTelemetry('bench');
const config = { ...(await loadSetOwnerConfig(process.env, readSsmSecrets)), staticTokens: readTokens() };
const idle: HttpHandler[] = [];
const slots = createSlots(MOST_CONTAINERS);

function startContainer(): HttpHandler {
  const runtime = createSetOwnerRuntime(config, telemetry, newWorld());
  return createHandler(telemetry, async () => runtime);
}

const server = createServer(async (request, response) => {
  const event = await toEvent(request);
  const { statusCode, headers, body } = await slots.run(async () => {
    const container = idle.pop() ?? startContainer();
    const startedAt = performance.now();
    const getRemainingTimeInMillis = () => FUNCTION_TIMEOUT_MS - (performance.now() - startedAt);
    try {
      return await container(event, { awsRequestId: 'bench', getRemainingTimeInMillis } as Context);
    } finally {
      idle.push(container);
    }
  });
  response.writeHead(statusCode, { ...headers }).end(body);
});

// All processes of the action listen on one port, whose handle comes from the process that started them.
process.on('message', (_message, handle) => {
  if (handle !== undefined) server.listen(handle as Server);
});
answerQuestions(parentChannel(), { listen: () => undefined, ready: () => true, usage });

async function toEvent(request: IncomingMessage): Promise<HttpEvent> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) body += chunk;
  const { url = '/', method = 'POST' } = request;
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  return {
    version: '2.0',
    rawPath: url,
    rawQueryString: '',
    headers,
    body,
    isBase64Encoded: false,
    requestContext: { requestId: 'bench', http: { method } },
  };
}

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import type { EngineName } from './ask-for-engine.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { rememberExpressions } from './parsed-expressions.ts';

type Engine = { readonly endpoint: string; readonly close: () => Promise<void> };

export type EngineDesk = {
  /** Where a test file asks for an engine, in whatever process it runs. */
  readonly url: string;
  /** Ends every engine that was started. */
  close(): Promise<void>;
};

const START: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  async dynalite() {
    rememberExpressions();
    return startEmbeddedDynamoDb();
  },
  'dynamodb-local': startDynamoDbLocal,
};

/**
 * Starts an engine when the first test file asks for it, and once for the whole run: a run without store suites waits for
 * none. The engines belong to the process that begins and ends the run, so that they end with it.
 */
export async function openEngineDesk(): Promise<EngineDesk> {
  const engines = new Map<string, Promise<Engine>>();

  /** Async, so that a name that is none becomes an answer, too. */
  async function give(name: EngineName): Promise<Engine> {
    const engine = engines.get(name) ?? START[name]();
    engines.set(name, engine);
    return await engine;
  }

  const turns = new Map<string, Promise<unknown>>();

  /** One after the other: the answer begins when it is somebody's turn, who hangs up when it is over (take-turns.ts). */
  function giveTurn(at: string, response: ServerResponse): void {
    const over = new Promise((resolve) => response.once('close', resolve));
    const before = turns.get(at) ?? Promise.resolve();
    const turn = before.then(() => {
      response.writeHead(200).flushHeaders();
      return over;
    });
    turns.set(at, turn);
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/turns/')) return giveTurn(path, response);
    const answer = (status: number, text: string) => response.writeHead(status, { connection: 'close' }).end(text);
    give(path.slice(1) as EngineName).then(
      ({ endpoint }) => answer(200, endpoint),
      (error: unknown) => answer(500, String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      const started = await Promise.allSettled(engines.values());
      await Promise.all(started.map((start) => (start.status === 'fulfilled' ? start.value.close() : undefined)));
    },
  };
}

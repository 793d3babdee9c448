import { createServer, type Server, type Socket } from 'node:net';

export type RawServer = {
  readonly port: number;
  readonly url: string;
  /** Everything that came in, over all connections. */
  received(): string;
  connections(): number;
};

/**
 * A TCP server for one test, for answers that no HTTP library would send. `onRequest` gets the socket once the first bytes
 * of a request are in; what it does not end is ended after the test.
 */
export async function startRawServer(onRequest: (socket: Socket) => void): Promise<RawServer> {
  const server = createServer();
  const sockets: Socket[] = [];
  let received = '';
  server.on('connection', (socket) => {
    sockets.push(socket);
    // A client that leaves early resets the connection, which is what these tests are about.
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    socket.once('data', () => onRequest(socket));
  });
  const port = await listen(server);
  running.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    connections: () => sockets.length,
  };
}

/** A port that nothing listens on. */
export async function findClosedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A whole HTTP answer with a JSON body. */
export function httpAnswer(status: number, body: string, headers: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status} Answer`, 'Content-Type: application/json', ...headers];
  return [...lines, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close', '', body].join('\r\n');
}

const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((close) => close()));
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('the server has no TCP address'));
    });
  });
}

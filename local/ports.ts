import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/** A port that is free now. */
export async function findFreePort(): Promise<number> {
  return probe(0);
}

/** @throws when it is no port or something listens there already, naming the variable that chose it */
export async function requireFreePort(port: string, variable: string): Promise<number> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`${variable}: must be a port number`);
  try {
    return await probe(Number(port));
  } catch (cause) {
    throw new Error(`${variable}: port ${port} is in use; stop what listens there or choose another`, { cause });
  }
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no TCP address')),
      );
    });
  });
}

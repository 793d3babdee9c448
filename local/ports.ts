import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/**
 * Below the ports that a system assigns automatically (Linux from 32768, others from 49152). A program takes seconds to listen on
 * a found port, and meanwhile the system must not assign that port to another one.
 */
const [FIRST, END] = [10_000, 32_000];
const MOST_TRIES = 50;

/** A port that is free now, and not handed out to others. */
export async function findFreePort(): Promise<number> {
  let cause: unknown;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      return await probe(randomInt(FIRST, END));
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`no port was free in ${MOST_TRIES} tries`, { cause });
}

/** @throws when it is no port or something listens there already, naming the variable that chose it */
export async function requireFreePort(port: string, variable: string): Promise<number> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`${variable}: must be a port number`);
  try {
    return await probe(Number(port));
  } catch (cause) {
    const isTaken = (Object(cause) as { code?: unknown }).code !== 'EACCES';
    const why = isTaken
      ? 'is in use; stop what listens there or choose another'
      : 'needs rights that you do not have; choose one above 1023';
    throw new Error(`${variable}: port ${port} ${why}`, { cause });
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

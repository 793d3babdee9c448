import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

/**
 * Packaging writes to folders of the project and clears them away: whoever packages takes turns, in whatever worker. A turn is
 * a connection to the run's own process (engine-desk.ts), and ends with it.
 */
export async function inBuildFolder<Made>(build: () => Promise<Made>): Promise<Made> {
  const [turn] = (await once(get(`${process.env.TEST_ENGINE_DESK}/build-folder`), 'response')) as [IncomingMessage];
  try {
    return await build();
  } finally {
    turn.destroy();
  }
}

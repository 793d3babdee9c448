import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

/** Longer than all that may be ahead in the queue. */
const PATIENCE_MS = 600_000;

/**
 * Packaging writes to folders of the project and clears them away: the test files that do so take turns, in whatever worker they
 * run. A turn is a connection to the run's own process (engine-desk.ts), and ends with it.
 */
export function useBuildFolder(): void {
  let turn: IncomingMessage | undefined;

  beforeAll(async () => {
    [turn] = await once(get(`${process.env.TEST_ENGINE_DESK}/build-folder`), 'response');
  }, PATIENCE_MS);

  afterAll(() => {
    turn?.destroy();
  });
}

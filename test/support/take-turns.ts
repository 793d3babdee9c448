import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

/** Packaging writes to folders of the project and clears them away: whoever packages takes turns, in whatever worker. */
export function inBuildFolder<Made>(build: () => Promise<Made>): Promise<Made> {
  return inTurn('build-folder', build);
}

/** A turn is a connection to the run's own process (engine-desk.ts), and ends with it. */
export async function inTurn<Made>(name: string, act: () => Promise<Made>): Promise<Made> {
  const [turn] = (await once(get(`${process.env.TEST_ENGINE_DESK}/turns/${name}`), 'response')) as [IncomingMessage];
  try {
    return await act();
  } finally {
    turn.destroy();
  }
}

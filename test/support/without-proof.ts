import type { Call } from '../../local/simulator/call-log.ts';

/**
 * Leaves out the one good call by which each container learns whose its static token is. Tests that count calls are about the
 * others; test/functions/static-token.test.ts is about this one.
 */
export function withoutProof(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ route, status }) => route !== 'GET account details' || status !== 200);
}

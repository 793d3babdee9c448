import { StoreUnavailableError } from './errors.ts';

/**
 * What the table is asked for as a help and not as a condition: `undefined` when it is away, which `onOutage` tells the operator.
 * Any other error is thrown on.
 */
export async function tolerateOutage<T>(ask: () => Promise<T>, onOutage: () => void): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    onOutage();
    return undefined;
  }
}

import { useEffect } from 'react';

const INTERVAL_MS = 3_000;

/** Asks again a few seconds after each answer, for as long as something is at work. `answer` is the last one, or its failure. */
export function usePolling(isWorking: boolean, answer: object, reload: () => void): void {
  useEffect(() => {
    if (!isWorking) return undefined;
    const timer = setTimeout(reload, INTERVAL_MS);
    return () => clearTimeout(timer);
  }, [isWorking, answer, reload]);
}

import { useCallback, useEffect, useState } from 'react';
import type { DeskState } from '../../desk-api.ts';
import { ask } from '../ask.ts';

const EVERY_MS = 1_000;

/** What the stack does right now, asked for every second while somebody looks. */
export function useDesk(): {
  readonly state: DeskState | undefined;
  readonly error: string | undefined;
  /** Asks for something, and shows why when it is refused. */
  readonly act: (name: string, input?: object) => Promise<void>;
} {
  const [state, setState] = useState<DeskState>();
  const [error, setError] = useState<string>();
  const load = useCallback(async () => setState(await ask<DeskState>('state')), []);
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async () => {
      if (!document.hidden)
        await load().catch(() => setError('The stack does not answer. Is npm start still running?'));
      if (!isGone) timer = setTimeout(poll, EVERY_MS);
    };
    void poll();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [load]);
  const act = useCallback(
    async (name: string, input: object = {}) => {
      try {
        await ask(name, input);
        setError(undefined);
        await load();
      } catch (reason) {
        setError(reason instanceof Error ? reason.message : String(reason));
      }
    },
    [load],
  );
  return { state, error, act };
}

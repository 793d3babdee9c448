import { useCallback, useEffect, useRef, useState } from 'react';
import type { RequestError, RequestResult } from './page-client.ts';

export type Loaded<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: RequestError }
  | { readonly status: 'ready'; readonly value: T };

/** Loads when the component is first shown, and again on `reload`. What was loaded stays visible meanwhile. */
export function useRequest<T>(load: () => Promise<RequestResult<T>>): {
  readonly state: Loaded<T>;
  readonly reload: () => void;
  readonly retry: () => void;
} {
  const [state, setState] = useState<Loaded<T>>({ status: 'loading' });
  const latest = useRef(0);
  const reload = useCallback(async () => {
    latest.current += 1;
    const turn = latest.current;
    const result = await load();
    // A newer request is under way, or the component is gone.
    if (turn !== latest.current) return;
    setState(result.ok ? { status: 'ready', value: result.value } : { status: 'failed', error: result.error });
  }, [load]);
  useEffect(() => {
    void reload();
    return () => {
      latest.current += 1;
    };
  }, [reload]);
  const retry = useCallback(() => {
    setState({ status: 'loading' });
    void reload();
  }, [reload]);
  return { state, reload, retry };
}

type Page<T> = { readonly entries: readonly T[]; readonly after?: string };

export type Pages<T> = {
  readonly state: Loaded<Page<T>>;
  readonly reload: () => void;
  readonly retry: () => void;
  readonly more: { readonly isLoading: boolean; readonly error?: RequestError; readonly load: () => void };
};

/** A list that comes in pages: the first one is loaded at once, each further one on demand and put behind the others. */
export function usePages<T>(load: (after?: string) => Promise<RequestResult<Page<T>>>): Pages<T> {
  const loadFirst = useCallback(() => load(), [load]);
  const first = useRequest(loadFirst);
  const [rest, setRest] = useState<Rest<T>>();
  const base = first.state.status === 'ready' ? first.state.value : undefined;
  // Pages behind an older first page are dropped with it.
  const current = rest !== undefined && rest.base === base ? rest : undefined;
  const after = current === undefined ? base?.after : current.after;
  const entries = [...(base?.entries ?? []), ...(current?.entries ?? [])];
  const loadMore = async () => {
    if (base === undefined || after === undefined || current?.isLoading === true) return;
    const known = { base, entries: current?.entries ?? [], after };
    setRest({ ...known, isLoading: true });
    const result = await load(after);
    const next = result.ok
      ? { base, entries: [...known.entries, ...result.value.entries], after: result.value.after, isLoading: false }
      : { ...known, isLoading: false, error: result.error };
    // Only if nothing newer replaced what these pages belong to.
    setRest((latest) => (latest?.base === base ? next : latest));
  };
  const state: Loaded<Page<T>> =
    base === undefined
      ? (first.state as Loaded<Page<T>>)
      : { status: 'ready', value: { entries, ...(after !== undefined && { after }) } };
  return {
    state,
    reload: first.reload,
    retry: first.retry,
    more: {
      isLoading: current?.isLoading ?? false,
      ...(current?.error !== undefined && { error: current.error }),
      load: () => void loadMore(),
    },
  };
}

type Rest<T> = {
  readonly base: Page<T>;
  readonly entries: readonly T[];
  readonly after: string | undefined;
  readonly isLoading: boolean;
  readonly error?: RequestError;
};

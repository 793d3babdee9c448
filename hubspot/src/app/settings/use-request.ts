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

/**
 * A list that comes in pages: the first one is loaded at once, each further one on demand and put behind the others. `reload`
 * loads as many as there are, so that nobody loses their place in the list.
 */
export function usePages<T>(load: (after?: string) => Promise<RequestResult<Page<T>>>): Pages<T> {
  const shown = useRef(1);
  const loadShown = useCallback(() => loadSeveral(load, shown.current), [load]);
  const first = useRequest(loadShown);
  const [rest, setRest] = useState<Rest<T>>();
  const base = first.state.status === 'ready' ? first.state.value : undefined;
  // Pages behind an older first page are dropped with it.
  const current = rest !== undefined && rest.base === base ? rest : undefined;
  const after = current === undefined ? base?.after : current.after;
  const entries = [...(base?.entries ?? []), ...(current?.entries ?? [])];
  shown.current = (base?.pages ?? 1) + (current?.pages ?? 0);
  const loadMore = async () => {
    if (base === undefined || after === undefined || current?.isLoading === true) return;
    const known = { base, entries: current?.entries ?? [], pages: current?.pages ?? 0, after };
    setRest({ ...known, isLoading: true });
    const result = await load(after);
    const next = result.ok
      ? {
          base,
          entries: [...known.entries, ...result.value.entries],
          pages: known.pages + 1,
          after: result.value.after,
          isLoading: false,
        }
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

type Several<T> = Page<T> & { readonly pages: number };

async function loadSeveral<T>(
  load: (after?: string) => Promise<RequestResult<Page<T>>>,
  most: number,
): Promise<RequestResult<Several<T>>> {
  const entries: T[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const result = await load(after);
    if (!result.ok) return result;
    entries.push(...result.value.entries);
    after = result.value.after;
    pages += 1;
  } while (after !== undefined && pages < most);
  return { ok: true, value: { entries, pages, ...(after !== undefined && { after }) } };
}

/** What was loaded behind a first part. */
type Rest<T> = {
  readonly base: Several<T>;
  readonly entries: readonly T[];
  readonly pages: number;
  readonly after: string | undefined;
  readonly isLoading: boolean;
  readonly error?: RequestError;
};

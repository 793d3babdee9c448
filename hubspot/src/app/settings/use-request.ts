import { useCallback, useEffect, useRef, useState } from 'react';
import type { RequestError, RequestResult } from './page-client.ts';

export type Loaded<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: RequestError }
  /** `error`: why it could not be loaded again. */
  | { readonly status: 'ready'; readonly value: T; readonly error?: RequestError };

/** Loads when the component is first shown, and again on `reload`. What was loaded stays, also when it cannot be loaded again. */
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
    setState((known) => {
      if (result.ok) return { status: 'ready', value: result.value };
      return known.status === 'ready' ? { ...known, error: result.error } : { status: 'failed', error: result.error };
    });
  }, [load]);
  useEffect(() => {
    void reload();
    return () => {
      latest.current += 1;
    };
  }, [reload]);
  const retry = useCallback(() => {
    setState((known) => (known.status === 'ready' ? known : { status: 'loading' }));
    void reload();
  }, [reload]);
  return { state, reload, retry };
}

type Page<T> = { readonly entries: readonly T[]; readonly after?: string };

export type Pages<T, First = Page<T>> = {
  readonly state: Loaded<Page<T>>;
  /** The first page with all that is in it, once there is one. */
  readonly first: First | undefined;
  /** Another object for each answer and each failure. */
  readonly answer: object;
  readonly reload: () => void;
  readonly retry: () => void;
  readonly more: { readonly isLoading: boolean; readonly error?: RequestError; readonly load: () => void };
};

/**
 * A list that comes in pages: the first one is loaded at once, each further one on demand and put behind the others. `reload`
 * loads as many as there are, so that nobody loses their place in the list.
 */
export function usePages<T, First>(load: (after?: string) => Promise<RequestResult<Page<T> & First>>): Pages<T, First> {
  const shown = useRef(1);
  const loadShown = useCallback(() => loadSeveral<T, First>(load, shown.current), [load]);
  const loaded = useRequest(loadShown);
  const [rest, setRest] = useState<Rest<T>>();
  const base = loaded.state.status === 'ready' ? loaded.state.value : undefined;
  // Pages behind an older first page are dropped with it.
  const current = rest !== undefined && rest.base === base ? rest : undefined;
  const after = current === undefined ? base?.after : current.after;
  const entries = [...(base?.entries ?? []), ...(current?.entries ?? [])];
  shown.current = (base?.pages ?? 1) + (current?.pages ?? 0);
  const loadMore = async () => {
    if (base === undefined || after === undefined || current?.isLoading === true) return;
    const known = { base, entries: current?.entries ?? [], pages: current?.pages ?? 0, after };
    setRest({ ...known, isLoading: true });
    const result = await loadSeveral<T, First>(load, 1, after);
    const next = result.ok
      ? {
          base,
          entries: [...known.entries, ...result.value.entries],
          pages: known.pages + result.value.pages,
          after: result.value.after,
          isLoading: false,
        }
      : { ...known, isLoading: false, error: result.error };
    // Only if nothing newer replaced what these pages belong to.
    setRest((latest) => (latest?.base === base ? next : latest));
  };
  return {
    state:
      loaded.state.status === 'ready'
        ? { ...loaded.state, value: { entries, ...(after !== undefined && { after }) } }
        : loaded.state,
    first: base?.first,
    answer: loaded.state,
    reload: loaded.reload,
    retry: loaded.retry,
    more: {
      isLoading: current?.isLoading ?? false,
      ...(current?.error !== undefined && { error: current.error }),
      load: () => void loadMore(),
    },
  };
}

type Several<T, First = unknown> = Page<T> & { readonly pages: number; readonly first: First };

/** A page that has no entries says where to go on: there may be some behind it. */
async function loadSeveral<T, First>(
  load: (after?: string) => Promise<RequestResult<Page<T> & First>>,
  most: number,
  from?: string,
): Promise<RequestResult<Several<T, First>>> {
  const result = await load(from);
  if (!result.ok) return result;
  const first = result.value;
  const entries = [...first.entries];
  let { after } = first;
  let pages = 1;
  while (after !== undefined && (pages < most || entries.length === 0)) {
    const next = await load(after);
    if (!next.ok) return next;
    entries.push(...next.value.entries);
    after = next.value.after;
    pages += 1;
  }
  return { ok: true, value: { entries, pages, first, ...(after !== undefined && { after }) } };
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

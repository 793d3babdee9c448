import { useEffect, useRef, useState } from 'react';
import type { RequestError, RequestResult } from './page-client.ts';
import { usePage } from './page-context.ts';
import { changeAlert } from './parts/Failure.tsx';
import type { RefusalCode } from './portal-api.ts';

export type ChangeState =
  | { readonly status: 'idle' | 'sending' }
  | { readonly status: 'failed'; readonly error: RequestError }
  | { readonly status: 'refused'; readonly code: RefusalCode | undefined };

type Answer = { readonly status: 'set' | 'removed' | 'refused' | 'queued'; readonly code?: RefusalCode };

/**
 * Sends a change under an ID of its own. A retry of the same change keeps the ID, so that an answer that was lost on its way
 * does not make the change happen twice. Another change, or the same one after an answer or a cancel, gets a new ID. Whoever
 * has left the form by the time of the answer hears that the change was not made, too.
 */
export function useChange<Input extends object>(
  send: (input: Input, changeId: string) => Promise<RequestResult<Answer>>,
  onDone: (input: Input) => void,
): { readonly state: ChangeState; readonly submit: (input: Input) => void; readonly reset: () => void } {
  const { texts, warn } = usePage();
  const [state, setState] = useState<ChangeState>({ status: 'idle' });
  const isSending = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const open = useRef<{ readonly key: string; readonly changeId: string }>();
  const submit = async (input: Input) => {
    const key = JSON.stringify(input);
    if (open.current?.key !== key) open.current = { key, changeId: newChangeId() };
    isSending.current = true;
    setState({ status: 'sending' });
    const result = await send(input, open.current.changeId);
    isSending.current = false;
    if (result.ok || result.error.code === 'CHANGE_ID_REUSED') open.current = undefined;
    const next = stateAfter(result);
    setState(next);
    const missed = isGone.current ? changeAlert(texts, next) : undefined;
    if (missed !== undefined) warn(missed);
    if (next.status === 'idle') onDone(input);
  };
  return {
    state,
    submit: (input) => {
      // A second click while the first is on its way is the same wish.
      if (!isSending.current) void submit(input);
    },
    reset: () => {
      open.current = undefined;
      setState({ status: 'idle' });
    },
  };
}

function stateAfter(result: RequestResult<Answer>): ChangeState {
  if (!result.ok) return { status: 'failed', error: result.error };
  const { status, code } = result.value;
  return status === 'refused' ? { status, code } : { status: 'idle' };
}

/** Unique is enough: who may change something is decided by the signed query. HubSpot documents no `crypto` for extensions. */
function newChangeId(): string {
  const random = Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36)).join('');
  return `${Date.now().toString(36)}-${random}`;
}

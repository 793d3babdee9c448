import type { RequestResult } from '../page-client.ts';
import { usePage } from '../page-context.ts';
import type { ChangeAnswer } from '../portal-api.ts';
import { useChange } from '../use-change.ts';
import { Confirm } from './Confirm.tsx';

type RemovalProps = {
  readonly title: string;
  readonly text: string;
  /** What is said when it is done. */
  readonly done: string;
  readonly send: (changeId: string) => Promise<RequestResult<ChangeAnswer>>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
};

export function Removal({ title, text, done, send, onDone, onCancel }: RemovalProps) {
  const { texts, announce } = usePage();
  const { state, submit } = useChange(
    (_: object, changeId) => send(changeId),
    () => {
      announce(done);
      onDone();
    },
  );
  return (
    <Confirm
      title={title}
      text={text}
      action={texts.common.remove}
      isDestructive={true}
      state={state}
      onConfirm={() => submit({})}
      onCancel={onCancel}
    />
  );
}

import { Button, ButtonRow, LoadingButton } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useFormats, usePage } from '../page-context.ts';
import type { HandoverEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { useChange } from '../use-change.ts';
import { Confirm } from './Confirm.tsx';
import { ChangeFailure } from './Failure.tsx';
import { useHandoverFormats } from './handover-formats.ts';

type Action = 'start' | 'stop' | 'undo';
type HandoverActionsProps = {
  readonly entry: HandoverEntry;
  /** The nightly handover moves again what an undo gives back. */
  readonly isNightlyOn: boolean;
  readonly onChanged: () => void;
};

/** What writes to records is asked for twice. A stop writes nothing and is done at once. */
export function HandoverActions({ entry, isNightlyOn, onChanged }: HandoverActionsProps) {
  const { client, texts, announce } = usePage();
  const formats = useFormats();
  const { target } = useHandoverFormats();
  const { handovers } = texts;
  const { handoverId, digest = '', isStopped, isWorking, records, moved, leaver, endsAt, canStart, canUndo } = entry;
  const [asked, setAsked] = useState<'start' | 'undo'>();
  const { state, submit, reset } = useChange(
    ({ action }: { readonly action: Action }, changeId) => {
      if (action === 'start') return client.startHandover(handoverId, { changeId, digest });
      return action === 'stop' ? client.stopHandover(handoverId, changeId) : client.undoHandover(handoverId, changeId);
    },
    ({ action }) => {
      setAsked(undefined);
      announce(handovers.done[action]);
      onChanged();
    },
  );
  const values = {
    name: formats.name(leaver),
    target: target(entry),
    time: formats.time(endsAt),
    count: formats.number(asked === 'undo' ? moved.done : records),
  };
  const undoText = isNightlyOn ? `${handovers.undoText} ${handovers.undoNightly}` : handovers.undoText;
  if (asked !== undefined) {
    return (
      <Confirm
        title={fill(asked === 'undo' ? handovers.undoTitle : handovers.startTitle, values)}
        text={fill(asked === 'undo' ? undoText : handovers.startText, values)}
        action={asked === 'undo' ? handovers.undo : handovers.start}
        isDestructive={true}
        state={state}
        onConfirm={() => submit({ action: asked })}
        onCancel={() => {
          reset();
          setAsked(undefined);
        }}
      />
    );
  }
  return (
    <>
      <ChangeFailure state={state} />
      <ButtonRow disableDropdown={true}>
        {canStart && !isStopped && records > 0 && (
          <Button variant="primary" onClick={() => setAsked('start')}>
            {handovers.start}
          </Button>
        )}
        {canStart && isStopped && (
          <LoadingButton
            variant="primary"
            loading={state.status === 'sending'}
            onClick={() => submit({ action: 'start' })}
          >
            {handovers.continue}
          </LoadingButton>
        )}
        {isWorking && (
          <LoadingButton loading={state.status === 'sending'} onClick={() => submit({ action: 'stop' })}>
            {handovers.stop}
          </LoadingButton>
        )}
        {canUndo && moved.done > 0 && (
          <Button variant="destructive" onClick={() => setAsked('undo')}>
            {handovers.undo}
          </Button>
        )}
      </ButtonRow>
    </>
  );
}

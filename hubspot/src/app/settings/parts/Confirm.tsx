import { Alert, Button, ButtonRow, Flex, LoadingButton, Text } from '@hubspot/ui-extensions';
import { usePage } from '../page-context.ts';
import type { ChangeState } from '../use-change.ts';
import { ChangeFailure } from './Failure.tsx';

type ConfirmProps = {
  readonly title: string;
  readonly text: string;
  /** What the button says; “Confirm” when it is left out. */
  readonly action?: string;
  readonly isDestructive?: boolean;
  readonly state: ChangeState;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
};

/** Asked before every change, in the place where it was begun. */
export function Confirm({ title, text, action, isDestructive = false, state, onConfirm, onCancel }: ConfirmProps) {
  const { texts } = usePage();
  const isSending = state.status === 'sending';
  return (
    <Flex direction="column" gap="small">
      <Alert title={title} variant={isDestructive ? 'warning' : 'info'}>
        <Text>{text}</Text>
      </Alert>
      <ChangeFailure state={state} />
      <ButtonRow>
        <LoadingButton variant={isDestructive ? 'destructive' : 'primary'} loading={isSending} onClick={onConfirm}>
          {action ?? texts.common.confirm}
        </LoadingButton>
        <Button variant="secondary" disabled={isSending} onClick={onCancel}>
          {texts.common.cancel}
        </Button>
      </ButtonRow>
    </Flex>
  );
}

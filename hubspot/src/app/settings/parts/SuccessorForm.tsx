import { useFormats, usePage } from '../page-context.ts';
import type { Person } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { useChange } from '../use-change.ts';
import { ChangeForm } from './ChangeForm.tsx';

type SuccessorFormProps = {
  readonly leaver: Person;
  readonly successor?: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
};

export function SuccessorForm({ leaver, successor = '', onDone, onCancel }: SuccessorFormProps) {
  const { client, texts, announce } = usePage();
  const name = useFormats().name(leaver);
  const { state, submit, reset } = useChange(
    (values: { readonly successor: string }, changeId) =>
      client.setSuccessor(leaver.ownerId, { successor: values.successor, changeId }),
    (values) => {
      announce(fill(texts.successor.saved, { ...values, name }));
      onDone();
    },
  );
  return (
    <ChangeForm
      title={fill(texts.successor.title, { name })}
      fields={[
        {
          name: 'successor',
          label: texts.successor.successor,
          help: texts.successor.help,
          required: texts.successor.required,
        },
      ]}
      initial={{ successor }}
      confirmation={(values) => ({
        title: fill(texts.successor.confirmTitle, { ...values, name }),
        text: fill(texts.successor.confirmText, { name }),
      })}
      state={state}
      onSubmit={submit}
      onReset={reset}
      onCancel={onCancel}
    />
  );
}

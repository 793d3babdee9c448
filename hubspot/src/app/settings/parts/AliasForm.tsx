import { usePage } from '../page-context.ts';
import { fill } from '../texts.ts';
import { useChange } from '../use-change.ts';
import { ChangeForm } from './ChangeForm.tsx';

type AliasFormProps = {
  readonly alias?: string;
  readonly to?: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
};

export function AliasForm({ alias = '', to = '', onDone, onCancel }: AliasFormProps) {
  const { client, texts, announce } = usePage();
  const { state, submit, reset } = useChange(
    (values: { readonly alias: string; readonly to: string }, changeId) => client.setAlias({ ...values, changeId }),
    (values) => {
      announce(fill(texts.alias.saved, values));
      onDone();
    },
  );
  return (
    <ChangeForm
      title={texts.alias.title}
      fields={[
        { name: 'alias', label: texts.alias.alias, help: texts.alias.aliasHelp, required: texts.alias.required },
        { name: 'to', label: texts.alias.to, help: texts.alias.toHelp, required: texts.alias.required },
      ]}
      initial={{ alias, to }}
      confirmation={(values) => ({ title: fill(texts.alias.confirmTitle, values), text: texts.alias.confirmText })}
      state={state}
      onSubmit={submit}
      onReset={reset}
      onCancel={onCancel}
    />
  );
}

import { Button, ButtonRow, Flex, Form, Heading, Input, Tile } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { usePage } from '../page-context.ts';
import type { ChangeState } from '../use-change.ts';
import { Confirm } from './Confirm.tsx';

type Field<Name extends string> = {
  readonly name: Name;
  readonly label: string;
  readonly help: string;
  readonly required: string;
};

type ChangeFormProps<Name extends string> = {
  readonly title: string;
  readonly fields: readonly Field<Name>[];
  readonly initial: Readonly<Record<Name, string>>;
  readonly confirmation: (values: Readonly<Record<Name, string>>) => { readonly title: string; readonly text: string };
  readonly state: ChangeState;
  readonly onSubmit: (values: Readonly<Record<Name, string>>) => void;
  readonly onReset: () => void;
  readonly onCancel: () => void;
};

/** Fields, then a question that names what will happen, then the change. Cancel leads one step back. */
export function ChangeForm<Name extends string>(props: ChangeFormProps<Name>) {
  const { title, fields, initial, confirmation, state, onSubmit, onReset, onCancel } = props;
  const { texts } = usePage();
  const [values, setValues] = useState(initial);
  const [step, setStep] = useState<'fill' | 'corrected' | 'confirm'>('fill');
  const trimmed = mapValues(values, (value) => value.trim());
  const isEmpty = (name: Name) => trimmed[name] === '';
  if (step === 'confirm') {
    return (
      <Tile compact={true}>
        <Confirm
          {...confirmation(trimmed)}
          state={state}
          onConfirm={() => onSubmit(trimmed)}
          onCancel={() => {
            onReset();
            setStep('fill');
          }}
        />
      </Tile>
    );
  }
  return (
    <Tile compact={true}>
      <Form
        preventDefault={true}
        autoComplete="off"
        onSubmit={() => setStep(fields.some(({ name }) => isEmpty(name)) ? 'corrected' : 'confirm')}
      >
        <Flex direction="column" gap="small">
          <Heading>{title}</Heading>
          {fields.map(({ name, label, help, required }) => {
            const isMissing = step === 'corrected' && isEmpty(name);
            return (
              <Input
                key={name}
                name={name}
                label={label}
                description={help}
                required={true}
                value={values[name]}
                error={isMissing}
                {...(isMissing && { validationMessage: required })}
                onInput={(value) => setValues((current) => ({ ...current, [name]: value }))}
              />
            );
          })}
          <ButtonRow>
            <Button type="submit" variant="primary">
              {texts.common.save}
            </Button>
            <Button onClick={onCancel}>{texts.common.cancel}</Button>
          </ButtonRow>
        </Flex>
      </Form>
    </Tile>
  );
}

function mapValues<Name extends string>(values: Readonly<Record<Name, string>>, map: (value: string) => string) {
  return Object.fromEntries(Object.entries<string>(values).map(([name, value]) => [name, map(value)])) as Record<
    Name,
    string
  >;
}

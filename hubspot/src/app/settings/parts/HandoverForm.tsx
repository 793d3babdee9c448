import { Button, Flex, Form, Heading, Input, LoadingButton, Select, Text, Tile } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { hasLeft, useFormats, usePage } from '../page-context.ts';
import type { HandoverPlan } from '../portal-api.ts';
import { useChange } from '../use-change.ts';
import { usePages } from '../use-request.ts';
import { ChangeFailure, MoreFailure } from './Failure.tsx';

/** Stands for somebody who is not in the list. */
const SOMEBODY_ELSE = 'else';

type Target = 'successor' | 'person' | 'clear';
type Values = Omit<HandoverPlan, 'changeId'>;

/** Whose records, and to whom. A plan only counts: it changes no record, so nothing is asked before it. */
export function HandoverForm({ onPlanned }: { readonly onPlanned: (handoverId?: string) => void }) {
  const { client, texts, announce } = usePage();
  const formats = useFormats();
  const people = usePages(client.people);
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState('');
  const [target, setTarget] = useState<Target>('successor');
  const [person, setPerson] = useState('');
  const [isChecked, setIsChecked] = useState(false);
  const { state, submit } = useChange(
    async (values: Values, changeId) => {
      const result = await client.planHandover({ changeId, ...values });
      if (result.ok && result.value.status !== 'refused') onPlanned(result.value.handoverId);
      return result;
    },
    () => {
      setIsChecked(false);
      announce(texts.handovers.planQueued);
    },
  );
  const entries = people.state.status === 'ready' ? people.state.value.entries : [];
  const leavers = entries.filter(({ person }) => hasLeft(person));
  const call = formats.distinguish(
    leavers.flatMap(({ person, successor }) => (successor ? [person, successor] : [person])),
  );
  const isTyped = chosen === SOMEBODY_ELSE || (people.state.status !== 'loading' && leavers.length === 0);
  const leaver = isTyped ? typed.trim() : chosen;
  const lacksTarget = target === 'person' && person.trim() === '';
  const plan = () => {
    setIsChecked(true);
    if (leaver === '' || lacksTarget) return;
    submit({
      leaver,
      ...(target === 'person' && { target: person.trim() }),
      ...(target === 'clear' && { clear: true as const }),
    });
  };
  const complaint = (isMissing: boolean) =>
    isChecked && isMissing ? { error: true, validationMessage: texts.handovers.required } : { error: false };
  return (
    <Tile compact={true}>
      <Form preventDefault={true} autoComplete="off" onSubmit={plan}>
        <Flex direction="column" gap="small">
          <Heading>{texts.handovers.planTitle}</Heading>
          {people.state.status === 'failed' && <MoreFailure error={people.state.error} />}
          {leavers.length > 0 && (
            <Select
              name="leaver"
              label={texts.handovers.leaver}
              required={true}
              placeholder={texts.handovers.choose}
              value={chosen}
              options={[
                ...leavers.map(({ person: each, successor }) => ({
                  value: each.ownerId,
                  label: [each, ...(successor ? [successor] : [])].map(call).map(formats.name).join(' → '),
                })),
                { value: SOMEBODY_ELSE, label: texts.handovers.somebodyElse },
              ]}
              onChange={(value) => setChosen(String(value))}
              {...complaint(chosen === '')}
            />
          )}
          {isTyped && (
            <Input
              name="leaverEmail"
              label={texts.handovers.leaverEmail}
              description={texts.handovers.personHelp}
              required={true}
              value={typed}
              onInput={setTyped}
              {...complaint(leaver === '')}
            />
          )}
          <Select
            name="target"
            label={texts.handovers.target}
            required={true}
            value={target}
            options={(['successor', 'person', 'clear'] as const).map((value) => ({
              value,
              label: texts.handovers.targets[value],
            }))}
            onChange={(value) => setTarget(value as Target)}
          />
          {target === 'person' && (
            <Input
              name="targetEmail"
              label={texts.handovers.targetEmail}
              description={texts.handovers.personHelp}
              required={true}
              value={person}
              onInput={setPerson}
              {...complaint(lacksTarget)}
            />
          )}
          <ChangeFailure state={state} />
          <Text variant="microcopy">{texts.handovers.planHelp}</Text>
          <Flex direction="row" gap="small">
            <LoadingButton type="submit" variant="primary" loading={state.status === 'sending'}>
              {texts.handovers.plan}
            </LoadingButton>
            {people.state.status === 'ready' && people.state.value.after !== undefined && (
              <Button onClick={people.more.load}>{texts.handovers.moreLeavers}</Button>
            )}
          </Flex>
        </Flex>
      </Form>
    </Tile>
  );
}

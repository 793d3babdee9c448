import { Flex, Heading, Text, Toggle } from '@hubspot/ui-extensions';
import { hasLeft, useFormats, usePage } from '../page-context.ts';
import type { HandoverEntry, Person } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { useChange } from '../use-change.ts';
import { ChangeFailure } from './Failure.tsx';

type NightlyListProps = {
  readonly nightly: readonly Person[];
  readonly entries: readonly HandoverEntry[];
  readonly onChanged: () => void;
};

/** A switch for each leaver who is known here: whether what still reaches them goes to their successor every night. */
export function NightlyList({ nightly, entries, onChanged }: NightlyListProps) {
  const { client, texts, viewer, announce } = usePage();
  const formats = useFormats();
  const { state, submit } = useChange(
    ({ ownerId, isOn }: { readonly ownerId: string; readonly isOn: boolean }, changeId) =>
      isOn ? client.setNightly(ownerId, changeId) : client.removeNightly(ownerId, changeId),
    ({ isOn }) => {
      announce(isOn ? texts.handovers.nightlyOn : texts.handovers.nightlyOff);
      onChanged();
    },
  );
  const isNightly = (ownerId: string) => nightly.some((one) => one.ownerId === ownerId);
  const leavers = entries.map(({ leaver }) => leaver).filter(hasLeft);
  const people = [...new Map([...nightly, ...leavers].map((person) => [person.ownerId, person])).values()];
  if (people.length === 0) return null;
  return (
    <Flex direction="column" gap="small">
      <Heading>{texts.handovers.nightlyTitle}</Heading>
      <Text>{texts.handovers.nightlyIntro}</Text>
      <ChangeFailure state={state} />
      {people.map((person) => (
        <Toggle
          key={person.ownerId}
          name={`nightly-${person.ownerId}`}
          label={fill(texts.handovers.nightly, { name: formats.name(person) })}
          labelDisplay="inline"
          readOnly={!viewer.canChange || state.status === 'sending'}
          checked={isNightly(person.ownerId)}
          onChange={(isOn) => submit({ ownerId: person.ownerId, isOn })}
        />
      ))}
    </Flex>
  );
}

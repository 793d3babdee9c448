import { Button, ButtonRow, EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { hasLeft, useFormats, usePage } from '../page-context.ts';
import type { PeopleEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import type { Pages } from '../use-request.ts';
import { PagedTable } from './PagedTable.tsx';
import { Removal } from './Removal.tsx';
import { SuccessorForm } from './SuccessorForm.tsx';

type PeopleListProps = { readonly pages: Pages<PeopleEntry>; readonly onChanged: () => void };

type Open = { readonly ownerId: string; readonly change: 'set' | 'remove' };

export function PeopleList({ pages, onChanged }: PeopleListProps) {
  const { texts } = usePage();
  const formats = useFormats();
  const [open, setOpen] = useState<Open>();
  // An answer that comes late leaves alone what was opened meanwhile.
  const close = () => setOpen((current) => (current === open ? undefined : current));
  const done = () => {
    close();
    onChanged();
  };
  const { state } = pages;
  const entries = state.status === 'ready' ? state.value.entries : [];
  const call = formats.distinguish(
    entries.flatMap(({ person, successor }) => (successor ? [person, successor] : [person])),
  );
  const called = ({ person, successor, ...entry }: PeopleEntry): PeopleEntry => ({
    ...entry,
    person: call(person),
    ...(successor && { successor: call(successor) }),
  });
  const list = (values: readonly string[]) => values.join(texts.common.listSeparator) || texts.common.none;
  return (
    <PagedTable
      pages={pages}
      title={texts.people.title}
      intro={texts.people.intro}
      empty={
        <EmptyState title={texts.people.emptyTitle} layout="vertical" imageName="contacts">
          <Text>{texts.people.emptyText}</Text>
        </EmptyState>
      }
      idOf={({ person }) => person.ownerId}
      columns={[
        { label: texts.people.person, cell: ({ person }) => formats.name(call(person)) },
        {
          label: texts.people.successor,
          cell: (entry) => (
            <Successor entry={called(entry)} onOpen={(change) => setOpen({ ownerId: entry.person.ownerId, change })} />
          ),
        },
        { label: texts.people.email, cell: ({ person }) => person.email || texts.common.none },
        { label: texts.people.formerEmails, cell: ({ formerEmails }) => list(formerEmails) },
        { label: texts.people.aliases, cell: ({ aliases }) => list(aliases.map(({ alias }) => alias)) },
      ]}
      below={(entry) =>
        open?.ownerId === entry.person.ownerId && (
          <PersonChange entry={called(entry)} change={open.change} onDone={done} onCancel={close} />
        )
      }
    />
  );
}

type SuccessorProps = {
  readonly entry: PeopleEntry;
  readonly onOpen: (change: Open['change']) => void;
};

function Successor({ entry, onOpen }: SuccessorProps) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const { successor } = entry;
  return (
    <Flex direction="column" gap="small" align="start">
      <Text>{successor === undefined ? texts.common.none : formats.name(successor)}</Text>
      {viewer.canChange && <SuccessorButtons entry={entry} onOpen={onOpen} />}
    </Flex>
  );
}

function SuccessorButtons({ entry: { person, successor }, onOpen }: SuccessorProps) {
  const { texts } = usePage();
  const name = person.name || person.email || person.ownerId;
  if (successor === undefined) {
    return hasLeft(person) ? (
      <Button size="small" onClick={() => onOpen('set')}>
        {fill(texts.unresolved.nameSuccessorFor, { name })}
      </Button>
    ) : null;
  }
  return (
    <ButtonRow disableDropdown={true}>
      <Button size="small" onClick={() => onOpen('set')}>
        {fill(texts.successor.changeFor, { name })}
      </Button>
      <Button size="small" variant="destructive" onClick={() => onOpen('remove')}>
        {fill(texts.successor.removeFor, { name })}
      </Button>
    </ButtonRow>
  );
}

type PersonChangeProps = {
  readonly entry: PeopleEntry;
  readonly change: Open['change'];
  readonly onDone: () => void;
  readonly onCancel: () => void;
};

function PersonChange({ entry: { person, successor }, change, onDone, onCancel }: PersonChangeProps) {
  const { client, texts } = usePage();
  const name = useFormats().name(person);
  if (change === 'set') {
    const known = successor?.email || successor?.ownerId || '';
    return <SuccessorForm leaver={person} successor={known} onDone={onDone} onCancel={onCancel} />;
  }
  return (
    <Removal
      title={fill(texts.successor.removeTitle, { name })}
      text={fill(texts.successor.removeText, { name })}
      done={fill(texts.successor.removed, { name })}
      send={(changeId) => client.removeSuccessor(person.ownerId, changeId)}
      onDone={onDone}
      onCancel={onCancel}
    />
  );
}

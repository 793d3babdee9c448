import {
  Button,
  ButtonRow,
  EmptyState,
  Flex,
  Heading,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { Fragment, useState } from 'react';
import { hasLeft, useFormats, usePage } from '../page-context.ts';
import type { PeopleEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import type { Pages } from '../use-request.ts';
import { LoadFailure } from './Failure.tsx';
import { Loading } from './Loading.tsx';
import { MoreButton } from './MoreButton.tsx';
import { Removal } from './Removal.tsx';
import { SuccessorForm } from './SuccessorForm.tsx';

const COLUMNS = 6;

type PeopleListProps = { readonly pages: Pages<PeopleEntry>; readonly onChanged: () => void };

type Open = { readonly ownerId: string; readonly change: 'set' | 'remove' };

export function PeopleList({ pages, onChanged }: PeopleListProps) {
  const { texts, viewer } = usePage();
  const [open, setOpen] = useState<Open>();
  const { state } = pages;
  if (state.status === 'loading') return <Loading />;
  if (state.status === 'failed') return <LoadFailure error={state.error} retry={pages.retry} />;
  const { entries } = state.value;
  if (entries.length === 0) {
    return (
      <EmptyState title={texts.people.emptyTitle} layout="vertical" imageName="contacts">
        <Text>{texts.people.emptyText}</Text>
      </EmptyState>
    );
  }
  const close = () => setOpen(undefined);
  return (
    <Flex direction="column" gap="small">
      <Heading>{texts.people.title}</Heading>
      <Text>{texts.people.intro}</Text>
      <Table density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>{texts.people.person}</TableHeader>
            <TableHeader>{texts.people.email}</TableHeader>
            <TableHeader>{texts.people.formerEmails}</TableHeader>
            <TableHeader>{texts.people.aliases}</TableHeader>
            <TableHeader>{texts.people.successor}</TableHeader>
            {viewer.canChange && <TableHeader>{texts.people.actions}</TableHeader>}
          </TableRow>
        </TableHead>
        <TableBody>
          {entries.map((entry) => (
            <Fragment key={entry.person.ownerId}>
              <PersonRow entry={entry} onOpen={(change) => setOpen({ ownerId: entry.person.ownerId, change })} />
              {open?.ownerId === entry.person.ownerId && (
                <TableRow>
                  <TableCell colSpan={COLUMNS}>
                    <PersonChange
                      entry={entry}
                      change={open.change}
                      onDone={() => {
                        close();
                        onChanged();
                      }}
                      onCancel={close}
                    />
                  </TableCell>
                </TableRow>
              )}
            </Fragment>
          ))}
        </TableBody>
      </Table>
      <MoreButton pages={pages} />
    </Flex>
  );
}

function PersonRow({
  entry,
  onOpen,
}: {
  readonly entry: PeopleEntry;
  readonly onOpen: (change: Open['change']) => void;
}) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const { person, formerEmails, aliases, successor } = entry;
  const list = (values: readonly string[]) =>
    values.length === 0 ? texts.common.none : values.join(texts.common.listSeparator);
  const name = formats.name(person);
  return (
    <TableRow>
      <TableCell>{name}</TableCell>
      <TableCell>{person.email || texts.common.none}</TableCell>
      <TableCell>{list(formerEmails)}</TableCell>
      <TableCell>{list(aliases.map(({ alias }) => alias))}</TableCell>
      <TableCell>{successor === undefined ? texts.common.none : formats.name(successor)}</TableCell>
      {viewer.canChange && (
        <TableCell>
          {successor !== undefined ? (
            <ButtonRow disableDropdown={true}>
              <Button size="small" onClick={() => onOpen('set')}>
                {fill(texts.successor.changeFor, { name: person.name || person.email || person.ownerId })}
              </Button>
              <Button size="small" variant="destructive" onClick={() => onOpen('remove')}>
                {fill(texts.successor.removeFor, { name: person.name || person.email || person.ownerId })}
              </Button>
            </ButtonRow>
          ) : (
            hasLeft(person) && (
              <Button size="small" onClick={() => onOpen('set')}>
                {fill(texts.unresolved.nameSuccessorFor, { name: person.name || person.email || person.ownerId })}
              </Button>
            )
          )}
        </TableCell>
      )}
    </TableRow>
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

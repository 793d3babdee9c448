import {
  Button,
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
import { useFormats, usePage } from '../page-context.ts';
import type { AliasEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import type { Pages } from '../use-request.ts';
import { AliasForm } from './AliasForm.tsx';
import { LoadFailure } from './Failure.tsx';
import { Loading } from './Loading.tsx';
import { MoreButton } from './MoreButton.tsx';
import { Removal } from './Removal.tsx';

const COLUMNS = 4;

type AliasListProps = { readonly pages: Pages<AliasEntry>; readonly onChanged: () => void };

type Open = { readonly change: 'add' } | { readonly change: 'remove'; readonly aliasId: string };

export function AliasList({ pages, onChanged }: AliasListProps) {
  const { texts, viewer } = usePage();
  const [open, setOpen] = useState<Open>();
  const { state } = pages;
  if (state.status === 'loading') return <Loading />;
  if (state.status === 'failed') return <LoadFailure error={state.error} retry={pages.retry} />;
  const close = () => setOpen(undefined);
  const done = () => {
    close();
    onChanged();
  };
  const { entries } = state.value;
  return (
    <Flex direction="column" gap="small">
      <Heading>{texts.people.aliasesTitle}</Heading>
      {entries.length === 0 ? (
        <Text>{texts.people.aliasesEmpty}</Text>
      ) : (
        <Table density="condensed">
          <TableHead>
            <TableRow>
              <TableHeader>{texts.people.alias}</TableHeader>
              <TableHeader>{texts.people.leadsTo}</TableHeader>
              <TableHeader>{texts.people.since}</TableHeader>
              {viewer.canChange && <TableHeader>{texts.people.actions}</TableHeader>}
            </TableRow>
          </TableHead>
          <TableBody>
            {entries.map((entry) => (
              <Fragment key={entry.aliasId}>
                <AliasRow entry={entry} onRemove={() => setOpen({ change: 'remove', aliasId: entry.aliasId })} />
                {open?.change === 'remove' && open.aliasId === entry.aliasId && (
                  <TableRow>
                    <TableCell colSpan={COLUMNS}>
                      <AliasRemoval entry={entry} onDone={done} onCancel={close} />
                    </TableCell>
                  </TableRow>
                )}
              </Fragment>
            ))}
          </TableBody>
        </Table>
      )}
      <MoreButton pages={pages} />
      {viewer.canChange && open?.change !== 'add' && (
        <Flex direction="row">
          <Button onClick={() => setOpen({ change: 'add' })}>{texts.alias.title}</Button>
        </Flex>
      )}
      {open?.change === 'add' && <AliasForm onDone={done} onCancel={close} />}
    </Flex>
  );
}

function AliasRow({ entry, onRemove }: { readonly entry: AliasEntry; readonly onRemove: () => void }) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const { alias, person, toDomain, setAt } = entry;
  return (
    <TableRow>
      <TableCell>{alias}</TableCell>
      <TableCell>{person === undefined ? (toDomain ?? texts.common.none) : formats.name(person)}</TableCell>
      <TableCell>{formats.time(setAt)}</TableCell>
      {viewer.canChange && (
        <TableCell>
          <Button size="small" variant="destructive" onClick={onRemove}>
            {fill(texts.alias.removeFor, { alias })}
          </Button>
        </TableCell>
      )}
    </TableRow>
  );
}

type AliasRemovalProps = { readonly entry: AliasEntry; readonly onDone: () => void; readonly onCancel: () => void };

function AliasRemoval({ entry: { aliasId, alias }, onDone, onCancel }: AliasRemovalProps) {
  const { client, texts } = usePage();
  return (
    <Removal
      title={fill(texts.alias.removeTitle, { alias })}
      text={texts.alias.removeText}
      done={fill(texts.alias.removed, { alias })}
      send={(changeId) => client.removeAlias(aliasId, changeId)}
      onDone={onDone}
      onCancel={onCancel}
    />
  );
}

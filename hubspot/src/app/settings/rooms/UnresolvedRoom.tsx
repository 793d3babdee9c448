import {
  Button,
  EmptyState,
  Flex,
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
import { AliasForm } from '../parts/AliasForm.tsx';
import { CsvExport } from '../parts/CsvExport.tsx';
import { LoadFailure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { MoreButton } from '../parts/MoreButton.tsx';
import { ReadOnlyNotice } from '../parts/ReadOnlyNotice.tsx';
import { SuccessorForm } from '../parts/SuccessorForm.tsx';
import type { Person, UnresolvedEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { usePages } from '../use-request.ts';

const COLUMNS = 6;

export function UnresolvedRoom() {
  const { client, texts, viewer } = usePage();
  const pages = usePages(client.unresolved);
  const [open, setOpen] = useState<string>();
  const { state } = pages;
  if (state.status === 'loading') return <Loading />;
  if (state.status === 'failed') return <LoadFailure error={state.error} retry={pages.retry} />;
  const { entries } = state.value;
  if (entries.length === 0) {
    return (
      <EmptyState title={texts.unresolved.emptyTitle} layout="vertical" imageName="task">
        <Text>{texts.unresolved.emptyText}</Text>
      </EmptyState>
    );
  }
  const close = () => setOpen(undefined);
  return (
    <Flex direction="column" gap="medium">
      <Text>{texts.unresolved.intro}</Text>
      <ReadOnlyNotice />
      <Table density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>{texts.unresolved.email}</TableHeader>
            <TableHeader>{texts.unresolved.cause}</TableHeader>
            <TableHeader align="right">{texts.unresolved.times}</TableHeader>
            <TableHeader>{texts.unresolved.workflows}</TableHeader>
            <TableHeader>{texts.unresolved.lastSeen}</TableHeader>
            {viewer.canChange && <TableHeader>{texts.unresolved.fix}</TableHeader>}
          </TableRow>
        </TableHead>
        <TableBody>
          {entries.map((entry) => (
            <Fragment key={entry.email}>
              <EntryRow entry={entry} onFix={() => setOpen(entry.email)} />
              {open === entry.email && (
                <TableRow>
                  <TableCell colSpan={COLUMNS}>
                    <Fix
                      entry={entry}
                      onDone={() => {
                        close();
                        pages.reload();
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
      <CsvExport />
    </Flex>
  );
}

function EntryRow({ entry, onFix }: { readonly entry: UnresolvedEntry; readonly onFix: () => void }) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  return (
    <TableRow>
      <TableCell>{entry.email}</TableCell>
      <TableCell>
        <CauseText entry={entry} />
      </TableCell>
      <TableCell align="right">{formats.number(entry.count)}</TableCell>
      <TableCell>{entry.workflowIds.join(texts.common.listSeparator)}</TableCell>
      <TableCell>{formats.time(entry.lastSeenAt)}</TableCell>
      {viewer.canChange && (
        <TableCell>
          {canBeFixed(entry) && (
            <Button size="small" onClick={onFix}>
              {fixLabel(entry)}
            </Button>
          )}
        </TableCell>
      )}
    </TableRow>
  );

  function fixLabel({ email }: UnresolvedEntry): string {
    const leaver = leaverOf(entry);
    if (leaver === undefined) return fill(texts.unresolved.addAliasFor, { email });
    return fill(texts.unresolved.nameSuccessorFor, { name: leaver.name || leaver.email || leaver.ownerId });
  }
}

function CauseText({ entry: { cause, people } }: { readonly entry: UnresolvedEntry }) {
  const { texts } = usePage();
  const formats = useFormats();
  const about = (cause.ownerIds ?? []).map((ownerId) => {
    const person = people.find((each) => each.ownerId === ownerId);
    return person === undefined ? fill(texts.person.ownerId, { ownerId }) : formats.name(person);
  });
  return (
    <Flex direction="column">
      <Text>{texts.causes[cause.kind]}</Text>
      {about.length > 0 && <Text variant="microcopy">{about.join(texts.common.listSeparator)}</Text>}
      {cause.of !== undefined && (
        <Text variant="microcopy">{fill(texts.unresolved.probablyMeant, { email: cause.of })}</Text>
      )}
    </Flex>
  );
}

type FixProps = { readonly entry: UnresolvedEntry; readonly onDone: () => void; readonly onCancel: () => void };

/** A leaver needs a successor. Every other address can be an alias of whom it is meant for. */
function Fix({ entry, onDone, onCancel }: FixProps) {
  const leaver = leaverOf(entry);
  if (leaver !== undefined) return <SuccessorForm leaver={leaver} onDone={onDone} onCancel={onCancel} />;
  const { suggestion, people } = entry;
  if (suggestion?.kind !== 'alias') return <AliasForm alias={entry.email} onDone={onDone} onCancel={onCancel} />;
  const target = people.find(({ ownerId }) => ownerId === suggestion.ownerId);
  const to = target?.email || suggestion.ownerId;
  return <AliasForm alias={suggestion.alias} to={to} onDone={onDone} onCancel={onCancel} />;
}

/** Whoever is active keeps their address: an alias for it would be refused. */
function canBeFixed({ cause }: UnresolvedEntry): boolean {
  return cause.kind !== 'shared' && cause.kind !== 'resolved';
}

function leaverOf({ suggestion, people }: UnresolvedEntry): Person | undefined {
  if (suggestion?.kind !== 'successor') return undefined;
  const { leaverOwnerId: ownerId } = suggestion;
  return people.find((person) => person.ownerId === ownerId) ?? { ownerId, name: '', email: '', isActive: false };
}

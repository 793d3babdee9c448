import { Button, EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useFormats, usePage } from '../page-context.ts';
import { AliasForm } from '../parts/AliasForm.tsx';
import { CsvExport } from '../parts/CsvExport.tsx';
import { PagedTable } from '../parts/PagedTable.tsx';
import { ReadOnlyNotice } from '../parts/ReadOnlyNotice.tsx';
import { SuccessorForm } from '../parts/SuccessorForm.tsx';
import type { Person, UnresolvedEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { usePages } from '../use-request.ts';

export function UnresolvedRoom() {
  const { client, texts } = usePage();
  const formats = useFormats();
  const pages = usePages(client.unresolved);
  const [open, setOpen] = useState<string>();
  // An answer that comes late leaves alone what was opened meanwhile.
  const close = () => setOpen((current) => (current === open ? undefined : current));
  const done = () => {
    close();
    pages.reload();
  };
  const { state } = pages;
  const { unresolved } = texts;
  return (
    <Flex direction="column" gap="medium">
      <ReadOnlyNotice />
      <PagedTable
        pages={pages}
        intro={unresolved.intro}
        empty={
          <EmptyState title={unresolved.emptyTitle} layout="vertical" imageName="task">
            <Text>{unresolved.emptyText}</Text>
          </EmptyState>
        }
        idOf={({ email }) => email}
        columns={[
          { label: unresolved.email, cell: ({ email }) => email },
          {
            label: unresolved.cause,
            cell: (entry) => <Cause entry={entry} onFix={() => setOpen(entry.email)} />,
          },
          { label: unresolved.times, align: 'right', cell: ({ count }) => formats.number(count) },
          {
            label: unresolved.workflows,
            cell: ({ workflowIds }) => workflowIds.join(texts.common.listSeparator),
          },
          { label: unresolved.lastSeen, cell: ({ lastSeenAt }) => formats.time(lastSeenAt) },
        ]}
        below={(entry) => open === entry.email && <Fix entry={entry} onDone={done} onCancel={close} />}
      />
      {state.status === 'ready' && state.value.entries.length > 0 && <CsvExport />}
    </Flex>
  );
}

type CauseProps = { readonly entry: UnresolvedEntry; readonly onFix: () => void };

/** Why, and what helps against it. */
function Cause({ entry, onFix }: CauseProps) {
  const { viewer } = usePage();
  return (
    <Flex direction="column" gap="small" align="start">
      <CauseText entry={entry} />
      {viewer.canChange && canBeFixed(entry) && <FixButton entry={entry} onFix={onFix} />}
    </Flex>
  );
}

function FixButton({ entry, onFix }: CauseProps) {
  const { unresolved } = usePage().texts;
  const leaver = leaverOf(entry);
  return (
    <Button size="small" onClick={onFix}>
      {leaver === undefined
        ? fill(unresolved.addAliasFor, { email: entry.email })
        : fill(unresolved.nameSuccessorFor, { name: leaver.name || leaver.email || leaver.ownerId })}
    </Button>
  );
}

function CauseText({ entry: { cause, people } }: { readonly entry: UnresolvedEntry }) {
  const { texts } = usePage();
  const formats = useFormats();
  const about = (cause.ownerIds ?? []).map(
    (ownerId): Person =>
      people.find((each) => each.ownerId === ownerId) ?? { ownerId, name: '', email: '', isActive: true },
  );
  return (
    <Flex direction="column">
      <Text>{texts.causes[cause.kind]}</Text>
      {about.length > 0 && <Text variant="microcopy">{formats.names(about)}</Text>}
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

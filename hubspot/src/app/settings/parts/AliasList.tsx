import { Button, Flex, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useFormats, usePage } from '../page-context.ts';
import type { AliasEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import type { Pages } from '../use-request.ts';
import { AliasForm } from './AliasForm.tsx';
import { PagedTable } from './PagedTable.tsx';
import { Removal } from './Removal.tsx';

type AliasListProps = { readonly pages: Pages<AliasEntry>; readonly onChanged: () => void };

type Open = { readonly change: 'add' } | { readonly change: 'remove'; readonly aliasId: string };

export function AliasList({ pages, onChanged }: AliasListProps) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const [open, setOpen] = useState<Open>();
  // An answer that comes late leaves alone what was opened meanwhile.
  const close = () => setOpen((current) => (current === open ? undefined : current));
  const done = () => {
    close();
    onChanged();
  };
  const isRemoved = ({ aliasId }: AliasEntry) => open?.change === 'remove' && open.aliasId === aliasId;
  return (
    <Flex direction="column" gap="small">
      <PagedTable
        pages={pages}
        title={texts.people.aliasesTitle}
        empty={<Text>{texts.people.aliasesEmpty}</Text>}
        idOf={({ aliasId }) => aliasId}
        columns={[
          { label: texts.people.alias, cell: ({ alias }) => alias },
          {
            label: texts.people.leadsTo,
            cell: (entry) => (
              <LeadsTo entry={entry} onRemove={() => setOpen({ change: 'remove', aliasId: entry.aliasId })} />
            ),
          },
          { label: texts.people.since, cell: ({ setAt }) => formats.time(setAt) },
        ]}
        below={(entry) => isRemoved(entry) && <AliasRemoval entry={entry} onDone={done} onCancel={close} />}
      />
      {pages.state.status === 'ready' && viewer.canChange && open?.change !== 'add' && (
        <Flex direction="row">
          <Button onClick={() => setOpen({ change: 'add' })}>{texts.alias.title}</Button>
        </Flex>
      )}
      {open?.change === 'add' && <AliasForm onDone={done} onCancel={close} />}
    </Flex>
  );
}

function LeadsTo({ entry, onRemove }: { readonly entry: AliasEntry; readonly onRemove: () => void }) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const { alias, person, toDomain = texts.common.none } = entry;
  return (
    <Flex direction="column" gap="small" align="start">
      <Text>{person === undefined ? toDomain : formats.name(person)}</Text>
      {viewer.canChange && (
        <Button size="small" variant="destructive" onClick={onRemove}>
          {fill(texts.alias.removeFor, { alias })}
        </Button>
      )}
    </Flex>
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

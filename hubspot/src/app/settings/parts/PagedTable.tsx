import { Flex, Heading, Text } from '@hubspot/ui-extensions';
import type { ComponentProps, ReactNode } from 'react';
import type { Pages } from '../use-request.ts';
import { EntryTable } from './EntryTable.tsx';
import { LoadFailure, MoreFailure } from './Failure.tsx';
import { Loading } from './Loading.tsx';
import { MoreButton } from './MoreButton.tsx';

type PagedTableProps<Entry> = Omit<ComponentProps<typeof EntryTable<Entry>>, 'entries'> & {
  readonly pages: Pages<Entry>;
  readonly title?: string;
  /** Above the table. */
  readonly intro?: string;
  /** In the place of a table without rows. */
  readonly empty: ReactNode;
};

/** A list that comes in pages, in each of its states: loading, failed, empty, and with more to load. */
export function PagedTable<Entry>({ pages, title, intro, empty, ...table }: PagedTableProps<Entry>) {
  const { state } = pages;
  if (state.status === 'loading') return <Loading />;
  if (state.status === 'failed') return <LoadFailure error={state.error} retry={pages.retry} />;
  const { entries } = state.value;
  return (
    <Flex direction="column" gap="small">
      {title !== undefined && <Heading>{title}</Heading>}
      <MoreFailure error={state.error} retry={pages.retry} />
      {entries.length === 0 ? (
        empty
      ) : (
        <>
          {intro !== undefined && <Text>{intro}</Text>}
          <EntryTable {...table} entries={entries} />
        </>
      )}
      <MoreButton pages={pages} />
    </Flex>
  );
}

import { Text } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { ChangeEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import type { Pages } from '../use-request.ts';
import { PagedTable } from './PagedTable.tsx';

export function ChangeList({ pages }: { readonly pages: Pages<ChangeEntry> }) {
  const { changes } = usePage().texts;
  const formats = useFormats();
  return (
    <PagedTable
      pages={pages}
      title={changes.title}
      intro={changes.intro}
      empty={<Text>{changes.empty}</Text>}
      idOf={({ changeId }) => changeId}
      columns={[
        { label: changes.when, cell: ({ at }) => formats.time(at) },
        { label: changes.who, cell: (entry) => <Who entry={entry} /> },
        { label: changes.what, cell: (entry) => <What entry={entry} /> },
      ]}
    />
  );
}

function Who({ entry: { userId, user } }: { readonly entry: ChangeEntry }) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  if (userId === viewer.userId) return <Text>{texts.changes.you}</Text>;
  return <Text>{user === undefined ? fill(texts.changes.user, { userId }) : formats.name(user)}</Text>;
}

function What({ entry }: { readonly entry: ChangeEntry }) {
  const { texts } = usePage();
  const formats = useFormats();
  const { action, leaver, successor, alias, person, toDomain } = entry;
  const nameOf = (someone: typeof leaver) => (someone === undefined ? texts.common.none : formats.name(someone));
  const to = person === undefined ? (toDomain ?? texts.common.none) : formats.name(person);
  const values = { name: nameOf(leaver), successor: nameOf(successor), alias: alias ?? texts.common.none, to };
  return <Text>{fill(texts.changes[action], values)}</Text>;
}

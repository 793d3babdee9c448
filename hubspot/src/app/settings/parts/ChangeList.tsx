import {
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
import { useFormats, usePage } from '../page-context.ts';
import type { ChangeEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import type { Pages } from '../use-request.ts';
import { LoadFailure } from './Failure.tsx';
import { Loading } from './Loading.tsx';
import { MoreButton } from './MoreButton.tsx';

export function ChangeList({ pages }: { readonly pages: Pages<ChangeEntry> }) {
  const { texts } = usePage();
  const formats = useFormats();
  const { state } = pages;
  if (state.status === 'loading') return <Loading />;
  if (state.status === 'failed') return <LoadFailure error={state.error} retry={pages.retry} />;
  const { entries } = state.value;
  return (
    <Flex direction="column" gap="small">
      <Heading>{texts.changes.title}</Heading>
      <Text>{entries.length === 0 ? texts.changes.empty : texts.changes.intro}</Text>
      {entries.length > 0 && (
        <Table density="condensed">
          <TableHead>
            <TableRow>
              <TableHeader>{texts.changes.when}</TableHeader>
              <TableHeader>{texts.changes.who}</TableHeader>
              <TableHeader>{texts.changes.what}</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {entries.map((entry) => (
              <TableRow key={entry.changeId}>
                <TableCell>{formats.time(entry.at)}</TableCell>
                <TableCell>
                  <Who entry={entry} />
                </TableCell>
                <TableCell>
                  <What entry={entry} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <MoreButton pages={pages} />
    </Flex>
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

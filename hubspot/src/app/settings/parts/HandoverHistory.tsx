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
import { useFormats, usePage } from '../page-context.ts';
import type { HandoverEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { useHandoverFormats } from './handover-formats.ts';

type HandoverHistoryProps = {
  readonly entries: readonly HandoverEntry[];
  readonly shownId: string | undefined;
  readonly onChoose: (handoverId: string) => void;
};

/** Who handed over whose records, and when. */
export function HandoverHistory({ entries, shownId, onChoose }: HandoverHistoryProps) {
  const { texts } = usePage();
  const formats = useFormats();
  const { target, state, asker } = useHandoverFormats();
  const { handovers } = texts;
  return (
    <Flex direction="column" gap="small">
      <Heading>{handovers.historyTitle}</Heading>
      <Text>{handovers.historyIntro}</Text>
      <Table density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>{texts.changes.when}</TableHeader>
            <TableHeader>{texts.changes.who}</TableHeader>
            <TableHeader>{handovers.leaver}</TableHeader>
            <TableHeader>{handovers.target}</TableHeader>
            <TableHeader>{handovers.state}</TableHeader>
            <TableHeader align="right">{handovers.records}</TableHeader>
            <TableHeader>{texts.people.actions}</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {entries.map((entry) => (
            <TableRow key={entry.handoverId}>
              <TableCell>{formats.time(entry.plannedAt)}</TableCell>
              <TableCell>{asker(entry)}</TableCell>
              <TableCell>{formats.name(entry.leaver)}</TableCell>
              <TableCell>{target(entry)}</TableCell>
              <TableCell>{state(entry)}</TableCell>
              <TableCell align="right">{formats.number(entry.records)}</TableCell>
              <TableCell>
                {entry.handoverId === shownId ? (
                  handovers.shown
                ) : (
                  <Button size="small" onClick={() => onChoose(entry.handoverId)}>
                    {fill(handovers.show, { name: formats.name(entry.leaver), time: formats.time(entry.plannedAt) })}
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Flex>
  );
}

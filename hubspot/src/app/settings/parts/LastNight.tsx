import { Flex, Heading, Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { NightlyHandover } from '../portal-api.ts';
import { fill } from '../texts.ts';

/** What came of the nightly handovers: a row for each leaver, with what somebody has to look at. */
export function LastNight({ handovers }: { readonly handovers: readonly NightlyHandover[] }) {
  const { lastNight } = usePage().texts;
  const formats = useFormats();
  if (handovers.length === 0) return null;
  return (
    <Flex direction="column" gap="small">
      <Heading>{lastNight.title}</Heading>
      <Table density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>{lastNight.leaver}</TableHeader>
            <TableHeader align="right">{lastNight.planned}</TableHeader>
            <TableHeader align="right">{lastNight.moved}</TableHeader>
            <TableHeader align="right">{lastNight.leftAlone}</TableHeader>
            <TableHeader>{lastNight.note}</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {handovers.map((one) => (
            <TableRow key={one.handoverId ?? one.leaver.ownerId}>
              <TableCell>{formats.name(one.leaver)}</TableCell>
              <TableCell align="right">{formats.number(one.planned)}</TableCell>
              <TableCell align="right">{formats.number(one.moved)}</TableCell>
              <TableCell align="right">{formats.number(one.leftAlone)}</TableCell>
              <TableCell>
                <Note handover={one} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Flex>
  );
}

function Note({
  handover: { status, isStopped, isCapped, reason, unreadable },
}: {
  readonly handover: NightlyHandover;
}) {
  const { lastNight } = usePage().texts;
  const isOver = isStopped || status === 'moved' || status === 'undone' || status === 'failed';
  const notes = [
    ...(status === 'notStarted' ? [lastNight.notStarted] : []),
    ...(status !== 'notStarted' && !isOver ? [lastNight.running] : []),
    ...(isCapped ? [lastNight.capped] : []),
    ...(reason !== undefined && !isCapped ? [fill(lastNight.stopped, { reason })] : []),
    ...(unreadable > 0 ? [fill(lastNight.unreadable, { count: unreadable })] : []),
  ];
  return <>{notes.join(' ')}</>;
}

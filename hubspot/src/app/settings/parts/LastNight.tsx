import { Flex, Heading } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { NightlyHandover } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { EntryTable } from './EntryTable.tsx';

/** What came of the nightly handovers: a row for each leaver, with what somebody has to look at. */
export function LastNight({ handovers }: { readonly handovers: readonly NightlyHandover[] }) {
  const { lastNight } = usePage().texts;
  const formats = useFormats();
  if (handovers.length === 0) return null;
  return (
    <Flex direction="column" gap="small">
      <Heading>{lastNight.title}</Heading>
      <EntryTable
        entries={handovers}
        idOf={(one) => one.handoverId ?? one.leaver.ownerId}
        columns={[
          { label: lastNight.leaver, cell: (one) => formats.name(one.leaver) },
          { label: lastNight.planned, align: 'right', cell: (one) => formats.number(one.planned) },
          { label: lastNight.moved, align: 'right', cell: (one) => formats.number(one.moved) },
          { label: lastNight.leftAlone, align: 'right', cell: (one) => formats.number(one.leftAlone) },
          { label: lastNight.note, cell: (one) => <Note handover={one} /> },
        ]}
      />
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

import { Button, Flex, Heading, Text } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { HandoverEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { EntryTable } from './EntryTable.tsx';
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
      <EntryTable
        entries={entries}
        idOf={({ handoverId }) => handoverId}
        columns={[
          { label: texts.changes.when, cell: ({ plannedAt }) => formats.time(plannedAt) },
          { label: texts.changes.who, cell: asker },
          { label: handovers.leaver, cell: ({ leaver }) => formats.name(leaver) },
          { label: handovers.target, cell: target },
          { label: handovers.state, cell: state },
          { label: handovers.records, align: 'right', cell: ({ records }) => formats.number(records) },
          {
            label: texts.people.actions,
            cell: ({ handoverId, leaver, plannedAt }) =>
              handoverId === shownId ? (
                handovers.shown
              ) : (
                <Button size="small" onClick={() => onChoose(handoverId)}>
                  {fill(handovers.show, { name: formats.name(leaver), time: formats.time(plannedAt) })}
                </Button>
              ),
          },
        ]}
      />
    </Flex>
  );
}

import { Alert, Flex, Text } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { HandoverEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { CountChart } from './CountChart.tsx';
import { EntryTable } from './EntryTable.tsx';
import { useHandoverFormats } from './handover-formats.ts';

/** What the leaver owns: a row for each owner property, a bar for each object type, and what could not be read. */
export function HandoverPlan({
  entry: { status, records, parts, unreadable, calls, minutes },
}: {
  readonly entry: HandoverEntry;
}) {
  const { texts } = usePage();
  const formats = useFormats();
  const { objectType: nameOf } = useHandoverFormats();
  const { handovers } = texts;
  const byType = Map.groupBy(parts, ({ objectType }) => objectType);
  const sumOf = (some: typeof parts) => some.reduce((sum, part) => sum + part.records, 0);
  return (
    <Flex direction="column" gap="small">
      {unreadable.length > 0 && (
        <Alert title={handovers.unreadableTitle} variant="warning">
          <Flex direction="column">
            {unreadable.map(({ objectType, property = '', label, why, scopes }) => (
              <Text key={`${objectType} ${property}`}>
                {fill(why === undefined ? handovers.unreadable : handovers.leftOut[why], {
                  objectType: nameOf(objectType),
                  property: label || property,
                  scopes: scopes.join(texts.common.listSeparator) || texts.common.none,
                })}
              </Text>
            ))}
          </Flex>
        </Alert>
      )}
      {records === 0 && status !== 'failed' && <Text>{handovers.ownsNothing}</Text>}
      {records > 0 && (
        <>
          {status === 'planned' && (
            <Text>
              {fill(handovers.estimate, {
                records: formats.number(records),
                calls: formats.number(calls),
                minutes: formats.number(minutes),
              })}
            </Text>
          )}
          <CountChart
            title={handovers.chart}
            categoryLabel={handovers.objectType}
            countLabel={handovers.records}
            counts={[...byType].map(([objectType, some]) => ({ category: nameOf(objectType), count: sumOf(some) }))}
          />
          <EntryTable
            entries={parts}
            idOf={({ objectType, property }) => `${objectType} ${property}`}
            columns={[
              { label: handovers.objectType, cell: ({ objectType }) => nameOf(objectType) },
              { label: handovers.property, cell: ({ label, property }) => label || property },
              { label: handovers.records, align: 'right', cell: (part) => formats.number(part.records) },
            ]}
          />
        </>
      )}
    </Flex>
  );
}

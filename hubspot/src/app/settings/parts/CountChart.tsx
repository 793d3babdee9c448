import { Accordion, BarChart } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import { EntryTable } from './EntryTable.tsx';

type Count = { readonly category: string; readonly group?: string; readonly count: number };

export type ChartColor = 'green' | 'blue' | 'aqua' | 'yellow' | 'orange' | 'purple' | 'pink' | 'darkOrange';

type CountChartProps = {
  readonly title: string;
  readonly categoryLabel: string;
  readonly groupLabel?: string;
  readonly countLabel: string;
  readonly counts: readonly Count[];
  /** Per group. */
  readonly colors?: Readonly<Record<string, ChartColor>>;
};

/** Bars, stacked where there are groups, and the same numbers as a table for whoever does not see bars. */
export function CountChart({ title, categoryLabel, groupLabel, countLabel, counts, colors }: CountChartProps) {
  const { texts } = usePage();
  const formats = useFormats();
  return (
    <>
      <BarChart
        data={counts.map(({ category, group, count }) => ({ category, ...(group !== undefined && { group }), count }))}
        axes={{
          x: { field: 'category', fieldType: 'category', label: categoryLabel },
          y: { field: 'count', fieldType: 'linear', label: countLabel },
          ...(groupLabel !== undefined && {
            options: {
              groupFieldByColor: 'group',
              stacking: true,
              ...(colors !== undefined && { colors: { ...colors } }),
            },
          }),
        }}
        options={{ title, showLegend: groupLabel !== undefined, showTooltips: true }}
      />
      <Accordion title={`${title}: ${texts.outcomes.asTable}`} size="small">
        <EntryTable
          density="compact"
          entries={counts.filter(({ count }) => count > 0)}
          idOf={({ category, group }) => `${category} ${group}`}
          columns={[
            { label: categoryLabel, cell: ({ category }) => category },
            ...(groupLabel === undefined ? [] : [{ label: groupLabel, cell: ({ group }: Count) => group }]),
            { label: countLabel, align: 'right', cell: ({ count }) => formats.number(count) },
          ]}
        />
      </Accordion>
    </>
  );
}

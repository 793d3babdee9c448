import {
  Accordion,
  BarChart,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';

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
        <Table density="compact">
          <TableHead>
            <TableRow>
              <TableHeader>{categoryLabel}</TableHeader>
              {groupLabel !== undefined && <TableHeader>{groupLabel}</TableHeader>}
              <TableHeader align="right">{countLabel}</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {counts
              .filter(({ count }) => count > 0)
              .map(({ category, group, count }) => (
                <TableRow key={`${category} ${group}`}>
                  <TableCell>{category}</TableCell>
                  {groupLabel !== undefined && <TableCell>{group}</TableCell>}
                  <TableCell align="right">{formats.number(count)}</TableCell>
                </TableRow>
              ))}
          </TableBody>
        </Table>
      </Accordion>
    </>
  );
}

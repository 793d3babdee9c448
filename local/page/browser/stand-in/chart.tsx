import type { BarChartProps } from '@hubspot/ui-extensions';

type Bar = { readonly category: string; readonly parts: readonly { readonly group: string; readonly count: number }[] };

const [WIDTH, HEIGHT, AXIS] = [600, 200, 24];

/** Bars, stacked by group. The page has the same numbers in a table, so one sentence is enough for people who cannot see it. */
export function BarChart({ data, axes, options = {} }: BarChartProps) {
  const rows = Array.isArray(data) ? data : data.data;
  const group = axes.options?.groupFieldByColor;
  const bars = new Map<string, Bar>();
  for (const row of rows) {
    const category = String(row[axes.x.field]);
    const part = { group: group === undefined ? '' : String(row[group]), count: Number(row[axes.y.field]) };
    bars.set(category, { category, parts: [...(bars.get(category)?.parts ?? []), part] });
  }
  const groups = [...new Set(rows.map((row) => (group === undefined ? '' : String(row[group]))))];
  const colorOf = (name: string) => `fill-${axes.options?.colors?.[name] ?? 'orange'}`;
  const sumOf = ({ parts }: Bar) => parts.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...[...bars.values()].map(sumOf));
  const slot = WIDTH / Math.max(1, bars.size);
  return (
    <figure>
      <figcaption>{options.title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + AXIS + 16}`} role="img" aria-label={options.title}>
        {[...bars.values()].map((bar, index) => {
          let top = HEIGHT + 16;
          const x = index * slot + slot * 0.15;
          const total = sumOf(bar);
          return (
            <g key={bar.category}>
              {bar.parts.map(({ group: name, count }) => {
                const height = (count / most) * HEIGHT;
                top -= height;
                return (
                  <rect key={name} className={colorOf(name)} x={x} y={top} width={slot * 0.7} height={height}>
                    <title>{`${bar.category} ${name} ${count}`}</title>
                  </rect>
                );
              })}
              <text x={x + slot * 0.35} y={top - 4} textAnchor="middle">
                {total}
              </text>
              <text x={x + slot * 0.35} y={HEIGHT + AXIS + 10} textAnchor="middle">
                {shorten(bar.category, slot)}
              </text>
            </g>
          );
        })}
      </svg>
      {options.showLegend === true && (
        <ul className="legend">
          {groups.map((name) => (
            <li key={name}>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <rect className={colorOf(name)} width="10" height="10" />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

/** About what fits below a bar. The whole text is in its title and in the table. */
function shorten(text: string, width: number): string {
  const most = Math.floor(width / 7);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

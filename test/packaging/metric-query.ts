export type MetricQuery = {
  readonly metric: string;
  readonly namespace: string;
  readonly dimensions: readonly string[];
  readonly where: Readonly<Record<string, string>>;
  readonly groupBy: string | undefined;
};

const QUERY =
  /^SELECT (?:SUM|AVG|MAX)\((\w+)\) FROM SCHEMA\("([\w/-]+)", ("[\w", ]+")\)(?: WHERE "(\w+)" = '(\w+)')?(?: GROUP BY "(\w+)")?$/;

/** Reads a query of CloudWatch Metrics Insights, as far as this service writes them (query components and syntax, read 2026-11-25). */
export function readQuery(text: string): MetricQuery {
  const [, metric = '', namespace = '', named = '', key, value = '', groupBy] = QUERY.exec(text) ?? [];
  if (metric === '') throw new Error(`not a query: ${text}`);
  const dimensions = named.slice(1, -1).split('", "').sort();
  // A dimension that SCHEMA does not name cannot be asked for.
  for (const used of [key, groupBy]) if (used !== undefined) expect(dimensions).toContain(used);
  return { metric, namespace, dimensions, where: key === undefined ? {} : { [key]: value }, groupBy };
}

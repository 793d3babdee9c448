import { type Emitted, emitAll } from './emitted-metrics.ts';
import { readQuery } from './metric-query.ts';
import type { Packages, ServicePackage } from './service-package.ts';
import { functionsOf, resourcesOf } from './template.ts';

type Place = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
type Line = { readonly expression?: string; readonly id?: string };
type Widget = Place & {
  readonly type: 'metric' | 'alarm';
  readonly properties: {
    readonly title: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | Line)[])[];
  };
};

/** The columns of a dashboard (dashboard body structure, CloudWatch API reference). */
const COLUMNS = 24;

function widgetsOf({ evaluated }: ServicePackage): readonly Widget[] {
  const [dashboard] = resourcesOf<{ DashboardBody: string }>(evaluated, 'AWS::CloudWatch::Dashboard').values();
  return JSON.parse(dashboard?.DashboardBody ?? '{}').widgets;
}

const linesOf = (widgets: readonly Widget[]) => widgets.flatMap(({ properties }) => properties.metrics ?? []);
const queriesOf = (widgets: readonly Widget[]) =>
  linesOf(widgets).flatMap(([line]) => (typeof line === 'object' ? [readQuery(line.expression ?? '')] : []));
/** Of a metric of AWS: its name and what it is looked at for. */
const lookedAt = (widgets: readonly Widget[], metric: string) =>
  linesOf(widgets).flatMap(([, name, , value]) => (name === metric ? [value] : []));

function overlap(one: Place, other: Place): boolean {
  const beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
  const below = one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !beside && !below;
}

export function describeDashboard(packages: () => Packages): void {
  let emitted: ReadonlyMap<string, Emitted>;
  let widgets: readonly Widget[];
  beforeAll(() => {
    emitted = emitAll('SetOwnerByEmail/other');
    widgets = widgetsOf(packages().full);
  });

  it('The dashboard is named after its region, because the names of an account cover all regions', () => {
    const { Dashboard } = packages().plain.template.Resources;
    const name = { 'Fn::Sub': expect.stringMatching(/-check-\$\{AWS::Region\}$/) };
    expect(Dashboard?.Properties).toMatchObject({ DashboardName: name });
  });

  it('The dashboard shows every metric of the service, as it is written', () => {
    const queries = queriesOf(widgets);
    for (const { metric, namespace, dimensions } of queries) {
      expect([metric, emitted.get(metric)]).toMatchObject([metric, { namespace, dimensions }]);
    }
    expect([...new Set(queries.map(({ metric }) => metric))].sort()).toEqual([...emitted.keys()].sort());
  });

  it('The dashboard shows every alarm', () => {
    const alarms = [...resourcesOf(packages().full.evaluated, 'AWS::CloudWatch::Alarm').keys()];
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect([...shown].sort()).toEqual(alarms.map((name) => `${name}.Arn`).sort());
  });

  it.each(['Errors', 'Throttles'])('The dashboard shows the %s of every function', (metric) => {
    const functions = resourcesOf(packages().full.evaluated, 'AWS::Lambda::Function');
    expect(lookedAt(widgets, metric).sort()).toEqual([...functions.keys()].sort());
    expect(functions.size).toBe(functionsOf(packages().full.evaluated).size);
  });

  it('The dashboard shows every queue', () => {
    const queues = resourcesOf(packages().full.evaluated, 'AWS::SQS::Queue');
    expect(lookedAt(widgets, 'ApproximateNumberOfMessagesVisible').sort()).toEqual(
      [...queues.keys()].map((name) => `${name}.QueueName`).sort(),
    );
  });

  it('The dashboard places its widgets side by side, and each metric has one name in a widget', () => {
    for (const [index, widget] of widgets.entries()) {
      expect(widget.x + widget.width).toBeLessThanOrEqual(COLUMNS);
      expect(widgets.slice(index + 1).filter((other) => overlap(widget, other))).toEqual([]);
      const ids = linesOf([widget]).flatMap(([line]) => (typeof line === 'object' ? [line.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
    }
    const titles = widgets.map(({ properties }) => properties.title);
    expect(new Set(titles).size).toBe(titles.length);
  });
}

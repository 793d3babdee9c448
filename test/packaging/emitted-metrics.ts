import { createTelemetry } from '../../lib/observability/telemetry.ts';
import type { MetricName } from '../../lib/ports/telemetry.ts';
import { readSources } from '../architecture/imports.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';

/** Every one of our metrics, with the dimensions that the code gives it beside those that telemetry gives to all. */
export const METRICS: Readonly<Record<MetricName, readonly string[]>> = {
  Executions: ['outcome', 'errorCode'],
  ExecutionReplayed: [],
  ExecutionConflict: [],
  SignatureAccepted: ['version', 'secret'],
  SignatureRejected: ['reason'],
  RequestUnreadable: [],
  HubSpotCalls: ['outcome'],
  HubSpotRateLimited: [],
  HubSpotDailyLimitReached: [],
  HubSpotErrorShareHigh: [],
  HubSpotContractBroken: [],
  HubSpotTokenRejected: [],
  HubSpotScopesMissing: [],
  HubSpotRowsSkipped: ['list'],
  HubSpotPermitsRefused: ['priority'],
  HubSpotPermitWaitMs: [],
  BreakerOpened: [],
  ExecutionsQueued: [],
  ExecutionsRequeued: ['reason'],
  ExecutionsLate: [],
  ExecutionsStranded: [],
  CallbacksCompleted: ['outcome'],
  MessagesReturned: [],
  MessagesUnreadable: [],
  QueuedExecutionAgeMs: [],
  OwnerDataAgeMs: [],
  OwnerDataStale: [],
  OwnerListingRefused: ['reason'],
  OwnerPropertiesListed: ['source'],
  OwnerRefreshDurationMs: [],
  OwnerRefreshes: ['outcome', 'reason'],
  OAuthClientRefused: [],
  PortalDisconnected: [],
  PortalInstalls: ['outcome'],
  StoreUnavailable: [],
  TokenCipherFailed: [],
  TokenRefreshes: ['outcome'],
  TokenSaveFailed: [],
  ConfigInvalid: [],
  Digests: ['outcome'],
  SecretsUnavailable: [],
  UnexpectedError: [],
};

export type Emitted = { readonly namespace: string; readonly dimensions: readonly string[]; readonly unit: string };

/** Writes each metric once through the real telemetry, and reads from the log what CloudWatch would make of it. */
export function emitAll(namespace: string): ReadonlyMap<string, Emitted> {
  const earlier = CAPTURED_LINES.length;
  const variable = jest.replaceProperty(process, 'env', { ...process.env, POWERTOOLS_METRICS_NAMESPACE: namespace });
  const { metrics, flush } = createTelemetry('anyFunction');
  for (const [name, dimensions] of Object.entries(METRICS) as [MetricName, readonly string[]][]) {
    const given = dimensions.length === 0 ? undefined : Object.fromEntries(dimensions.map((key) => [key, 'any']));
    if (name.endsWith('Ms')) metrics.measure(name, 1, given);
    else metrics.count(name, given);
  }
  flush();
  variable.restore();
  const written = CAPTURED_LINES.slice(earlier).filter((line) => line.includes('"_aws"'));
  return new Map(written.flatMap((line) => readEmf(JSON.parse(line))));
}

type Emf = {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
};

function readEmf({ _aws }: Emf): [string, Emitted][] {
  return _aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Metrics.map(({ Name, Unit: unit }): [string, Emitted] => {
      // More than one set of dimensions would be more than one metric.
      expect(Dimensions).toHaveLength(1);
      return [Name, { namespace, dimensions: [...(Dimensions[0] ?? [])].sort(), unit }];
    }),
  );
}

/** Dimensions that a function makes, which the text of a call does not show. */
const MADE: Readonly<Record<string, readonly string[]>> = { toRefreshDimensions: ['outcome', 'reason'] };

/** What the sources count, call by call, as their text says it. */
export function countedInSources(): { readonly name: string; readonly dimensions: readonly string[] }[] {
  return [...readSources('lib'), ...readSources('functions')].flatMap(({ text }) =>
    [...text.matchAll(/metrics\.(?:count|measure)\(([\s\S]*?)\);/g)].flatMap(([, given = '']) => {
      const [named = ''] = given.split('{');
      const made = Object.entries(MADE).find(([maker]) => given.includes(`${maker}(`))?.[1];
      const literal = /\{([\s\S]*)\}/.exec(given)?.[1] ?? '';
      const keys = [...literal.matchAll(/(?:^|,)\s*(\w+)/g)].map(([, key = '']) => key);
      return [...named.matchAll(/'([A-Z]\w+)'/g)].map(([, name = '']) => ({ name, dimensions: made ?? keys }));
    }),
  );
}

/** Milliseconds since the epoch. */
export type Now = () => number;

/** Resolves after `ms`, or rejects as soon as `signal` aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** What runtimes provide to everybody who needs it, and tests replace. */
type Provided = {
  readonly now: Now;
  readonly sleep: Sleep;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
};

export type Needs<Name extends keyof Provided> = Pick<Provided, Name>;

/** Counts and durations for the operator. Names and dimensions are fixed words; no value from outside. */
export type Metrics = {
  count(name: MetricName, dimensions?: Readonly<Record<string, string>>, times?: number): void;
  measure(name: MetricName, milliseconds: number, dimensions?: Readonly<Record<string, string>>): void;
};

export type MetricName =
  | 'BreakerOpened'
  | 'CallbacksCompleted'
  | 'ConfigInvalid'
  | 'Digests'
  | 'ExecutionConflict'
  | 'ExecutionReplayed'
  | 'Executions'
  | 'ExecutionsLate'
  | 'ExecutionsQueued'
  | 'ExecutionsRequeued'
  | 'ExecutionsStranded'
  | 'HubSpotCalls'
  | 'HubSpotContractBroken'
  | 'HubSpotDailyLimitReached'
  | 'HubSpotErrorShareHigh'
  | 'HubSpotPermitsRefused'
  | 'HubSpotPermitWaitMs'
  | 'HubSpotRateLimited'
  | 'HubSpotRowsSkipped'
  | 'HubSpotScopesMissing'
  | 'HubSpotTokenRejected'
  | 'MessagesReturned'
  | 'MessagesUnreadable'
  | 'OAuthClientRefused'
  | 'OwnerDataAgeMs'
  | 'OwnerDataStale'
  | 'OwnerListingRefused'
  | 'OwnerPropertiesListed'
  | 'OwnerRefreshDurationMs'
  | 'OwnerRefreshes'
  | 'PortalDisconnected'
  | 'PortalInstalls'
  | 'QueuedExecutionAgeMs'
  | 'RequestUnreadable'
  | 'SecretsUnavailable'
  | 'SignatureAccepted'
  | 'SignatureRejected'
  | 'StoreUnavailable'
  | 'TokenCipherFailed'
  | 'TokenRefreshes'
  | 'TokenSaveFailed'
  | 'UnexpectedError';

/** Structured log lines. Fields hold IDs, codes, counts and durations; never an email, a token or a body. */
export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/** Reports an error to operators where it ends: a line in the log, and a metric for an alarm. */
export type ReportFault = (message: string, error: unknown, fields?: LogFields) => void;

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * What the settings page asks of the backend, and what it answers: types only, without imports, so that the page and the
 * function can both use them.
 *
 * Every request goes through `hubspot.fetch`, which signs it and appends `portalId, userId, userEmail, appId` to the query.
 * The account and the user are read from there and nowhere else. Nothing is posted, because any workflow can post what HubSpot
 * signs. Times are ISO 8601 in UTC, days are `YYYY-MM-DD` in UTC.
 *
 * | Route                                   | Query                     | Body               | Answer             |
 * |-----------------------------------------|---------------------------|--------------------|--------------------|
 * | `GET /portal/overview`                  |                           |                    | `Overview`         |
 * | `GET /portal/unresolved`                | `after`, `limit`          |                    | `UnresolvedPage`   |
 * | `GET /portal/unresolved`                | `format=csv`, `after`     |                    | `UnresolvedCsv`    |
 * | `GET /portal/people`                    | `after`, `limit`          |                    | `PeoplePage`       |
 * | `GET /portal/aliases`                   | `after`, `limit`          |                    | `AliasPage`        |
 * | `PUT /portal/successors/{leaverOwnerId}`|                           | `SuccessorChange`  | `ChangeAnswer`     |
 * | `DELETE /portal/successors/{leaverOwnerId}` | `changeId`            |                    | `ChangeAnswer`     |
 * | `PUT /portal/aliases`                   |                           | `AliasChange`      | `ChangeAnswer`     |
 * | `DELETE /portal/aliases/{aliasId}`      | `changeId`                |                    | `ChangeAnswer`     |
 * | `GET /portal/changes`                   | `after`, `limit`          |                    | `ChangesPage`      |
 * | `GET /portal/handovers`                 | `after`, `limit`          |                    | `HandoversPage`    |
 * | `PUT /portal/handovers`                 |                           | `HandoverPlan`     | `HandoverAnswer`   |
 * | `PUT /portal/handovers/{handoverId}/start`  |                       | `HandoverStart`    | `HandoverAnswer`   |
 * | `PUT /portal/handovers/{handoverId}/stop`  |                        | `HandoverOrder`    | `HandoverAnswer`   |
 * | `PUT /portal/handovers/{handoverId}/undo`  |                        | `HandoverOrder`    | `HandoverAnswer`   |
 * | `PUT /portal/handovers/nightly/{leaverOwnerId}` |                   | `HandoverOrder`    | `ChangeAnswer`     |
 * | `DELETE /portal/handovers/nightly/{leaverOwnerId}` | `changeId`     |                    | `ChangeAnswer`     |
 * | `PUT /portal/lookup`                    |                           | `LookupRequest`    | `LookupAnswer`     |
 * | `PUT /portal/refresh`                   |                           | `RefreshRequest`   | `RefreshAnswer`    |
 *
 * A list ends where its page has no `after`. `limit` is 1 to 100, 50 when it is left out. Anything but a 2xx answer has an
 * `ErrorBody`. A refused change is no error of the request: it is a `ChangeAnswer` with `status: 'refused'`.
 */

export type Outcome =
  | 'ASSIGNED'
  | 'ALREADY_ASSIGNED'
  | 'KEPT_EXISTING'
  | 'FALLBACK_ASSIGNED'
  | 'CLEARED'
  | 'LEFT_UNCHANGED'
  | 'FOUND'
  | 'FAILED';

/** Why an email leads to nobody. `not_explained`: noted since the last refresh, whose turn to look for a typo comes tonight. */
export type CauseKind =
  | 'resolved'
  | 'left'
  | 'shared'
  | 'queue'
  | 'sandbox_suffix'
  | 'user_without_owner'
  | 'typo'
  | 'never_seen'
  | 'not_explained';

export type ErrorCode =
  /** 400: `fields` names what is wrong. */
  | 'BAD_REQUEST'
  /** 401. */
  | 'SIGNATURE_INVALID'
  /** 403: only super admins change something. */
  | 'NOT_SUPER_ADMIN'
  /** 403: whether the user is a super admin could not be found out. */
  | 'CANNOT_BE_PROVED'
  /** 404. */
  | 'NOT_FOUND'
  /** 409: the account has not installed the app, or uninstalled it. */
  | 'PORTAL_NOT_CONNECTED'
  /** 409: the same `changeId` came with something else. */
  | 'CHANGE_ID_REUSED'
  /** 409: the same change is being made right now. */
  | 'CHANGE_IN_PROGRESS'
  /** 413. */
  | 'PAYLOAD_TOO_LARGE'
  /** 429: `retryAfterMs` says when HubSpot's limit of the account allows more. */
  | 'RATE_LIMITED'
  /** 403: the app lacks a HubSpot permission. */
  | 'MISSING_SCOPES'
  /** 500 and 503: try again. */
  | 'HUBSPOT_UNAVAILABLE'
  | 'HUBSPOT_CONTRACT_BROKEN'
  | 'STORE_UNAVAILABLE'
  | 'QUEUE_UNAVAILABLE'
  | 'SECRETS_UNAVAILABLE'
  | 'CONFIG_INVALID'
  | 'INTERNAL_ERROR';

export type ErrorBody = {
  readonly error: {
    readonly code: ErrorCode;
    /** English, for a log or where the page has no text for the code. */
    readonly message: string;
    readonly correlationId: string;
    readonly fields?: readonly string[];
    readonly retryAfterMs?: number;
  };
};

export type Person = {
  readonly ownerId: string;
  /** Empty where HubSpot blanked it. */
  readonly name: string;
  /** Empty where they have none. */
  readonly email: string;
  /** May own records: neither deactivated nor a queue. */
  readonly isActive: boolean;
  /** Stands for the queue of a connected system. Nobody left, and nobody can succeed it. */
  readonly isQueue?: true;
};

export type Viewer = {
  readonly userId: string;
  readonly canChange: boolean;
  /** With `canChange: false`. */
  readonly reason?: 'NOT_SUPER_ADMIN' | 'CANNOT_BE_PROVED' | 'MISSING_SCOPES' | 'PORTAL_NOT_CONNECTED';
};

type MissingScope = {
  readonly scope: string;
  /** What the app needs it for, and what does not work without it. English. */
  readonly purpose: string;
  readonly cost: string;
};

export type Overview = {
  readonly portal: {
    readonly portalId: string;
    readonly auth: 'static' | 'oauth';
    readonly status: 'connected' | 'notConnected';
    /** Where an account that is not connected installs the app; absent with a static token. */
    readonly installUrl?: string;
  };
  readonly scopes: {
    /** False with a static token, which does not say what it may do. */
    readonly isKnown: boolean;
    readonly granted: readonly string[];
    readonly missing: readonly MissingScope[];
  };
  readonly owners: {
    readonly lastRefreshAt?: string;
    readonly nextRefreshAt: string;
    readonly active: number;
    readonly deactivated: number;
  };
  /** The last 7 days, the oldest first, days without executions too. */
  readonly outcomes: readonly OutcomesOfDay[];
  /** A count lags by up to a minute, and a container that stops early loses what it had not written. */
  readonly outcomesAreApproximate: true;
  readonly unresolved: {
    readonly total: number;
    /** There are more than were counted. */
    readonly isAtLeast: boolean;
    readonly byCause: Readonly<Record<CauseKind, number>>;
  };
  /** The handovers of the last night in sum; absent where nobody's records go over every night. */
  readonly lastNight?: {
    readonly moved: number;
    readonly leftAlone: number;
    /** Whose records were moved. */
    readonly leavers: number;
    /** Handovers that did not start or finish, or could not read everything. */
    readonly toCheck: number;
  };
  readonly viewer: Viewer;
};

/** What came of a leaver's handover after the last nightly refresh, in records. */
export type NightlyHandover = Omit<HandoverCounts, 'done'> & {
  readonly leaver: Person;
  /** Absent where none was started. */
  readonly handoverId?: string;
  /** `notStarted`: the leaver is active again, has no active successor, or there was no refresh since it was switched on. */
  readonly status: HandoverStatus | 'notStarted';
  readonly isStopped: boolean;
  readonly reason?: string;
  readonly planned: number;
  readonly moved: number;
  /** Object types and owner properties that could not be read. */
  readonly unreadable: number;
  /** It made all the calls that it may make in a night; the next one goes on. */
  readonly isCapped: boolean;
};

type OutcomesOfDay = { readonly day: string; readonly counts: Readonly<Record<Outcome, number>> };

type Cause = {
  readonly kind: CauseKind;
  /** Who the cause is about; look them up in `people`. */
  readonly ownerIds?: readonly string[];
  /** With `typo`: the address that is probably meant. */
  readonly of?: string;
};

/** What probably helps. The page fills in its form with it; nothing happens before somebody saves. */
type Suggestion =
  | { readonly kind: 'alias'; readonly alias: string; readonly ownerId: string }
  | { readonly kind: 'successor'; readonly leaverOwnerId: string };

export type UnresolvedEntry = {
  readonly email: string;
  /** How often workflows asked for it since it was first noted or last reported. */
  readonly count: number;
  readonly workflowIds: readonly string[];
  readonly lastSeenAt: string;
  readonly cause: Cause;
  readonly people: readonly Person[];
  readonly suggestion?: Suggestion;
};

export type UnresolvedPage = { readonly entries: readonly UnresolvedEntry[]; readonly after?: string };

/** A part of the file. The first part begins with the header line; put the parts together in their order. */
export type UnresolvedCsv = { readonly csv: string; readonly after?: string };

/** Somebody whose email leads elsewhere, or who is led to by more than their email. */
export type PeopleEntry = {
  readonly person: Person;
  /** Addresses they had before, the newest first. */
  readonly formerEmails: readonly string[];
  readonly aliases: readonly AliasEntry[];
  readonly successor?: Person;
};

export type PeoplePage = { readonly entries: readonly PeopleEntry[]; readonly after?: string };

/** One address that leads to a person, or a former domain whose addresses lead to the same names at another domain. */
export type AliasEntry = {
  readonly aliasId: string;
  /** An address, or `@` and a domain. */
  readonly alias: string;
  /** Of an address: whom it leads to. */
  readonly person?: Person;
  /** Of a domain: `@` and the domain where the people are. */
  readonly toDomain?: string;
  readonly setAt: string;
};

export type AliasPage = { readonly entries: readonly AliasEntry[]; readonly after?: string };

/**
 * `changeId` is made by the page for each click, 16 to 64 letters, digits and `-`. The same change with the same ID has no
 * second effect and gets the first answer.
 */
export type SuccessorChange = {
  readonly changeId: string;
  /** An owner ID or an email. */
  readonly successor: string;
};

export type AliasChange = {
  readonly changeId: string;
  /** An address, or `@` and a former domain. */
  readonly alias: string;
  /** An owner ID or an email; for a domain `@` and the domain where its people are now. */
  readonly to: string;
};

/** Codes that a refused change may have. */
export type RefusalCode =
  | 'OWNER_NOT_FOUND'
  | 'OWNER_AMBIGUOUS'
  | 'SUCCESSOR_LOOP'
  | 'SUCCESSOR_CHAIN_TOO_LONG'
  | 'SUCCESSOR_NOT_ACTIVE'
  /** An active person has this address: it leads to them. */
  | 'ALIAS_IS_TAKEN'
  /** The person whom it is to lead to is not active. */
  | 'ALIAS_PERSON_NOT_ACTIVE'
  /** A domain cannot lead to itself, or to one that leads on. */
  | 'ALIAS_LOOP'
  /** An address leads to a person, and a domain to another domain. */
  | 'ALIAS_TARGET_INVALID'
  /** Removed already, by somebody else or an operator. */
  | 'ALIAS_NOT_FOUND'
  /** The account has as many aliases as it may have. */
  | 'TOO_MANY_ALIASES'
  /** Nobody active is named as the successor of the leaver. */
  | 'NO_SUCCESSOR'
  | 'TARGET_NOT_ACTIVE'
  | 'TARGET_IS_LEAVER'
  /** Another handover of the same leaver is at work. */
  | 'HANDOVER_RUNNING'
  | 'HANDOVER_NOT_FOUND'
  /** The digest is not the one of this plan. */
  | 'PLAN_CHANGED'
  /** Its state does not allow it, for example because somebody else started it. */
  | 'NOT_POSSIBLE_NOW'
  /** It was planned more than 30 days ago. */
  | 'TOO_OLD'
  /** A repeat of a change whose answer was lost, after somebody else's. */
  | 'CHANGED_SINCE';

export type ChangeAnswer = {
  readonly changeId: string;
  readonly status: 'set' | 'removed' | 'refused';
  readonly code?: RefusalCode;
  /** English, with `refused`. */
  readonly message?: string;
};

export type ChangeEntry = {
  readonly changeId: string;
  readonly at: string;
  readonly userId: string;
  /** Whose user ID this is; absent where the last refresh did not find them. */
  readonly user?: Person;
  readonly action:
    | 'setSuccessor'
    | 'removeSuccessor'
    | 'setAlias'
    | 'removeAlias'
    | 'refresh'
    | 'planHandover'
    | 'startHandover'
    | 'stopHandover'
    | 'undoHandover'
    | 'setNightly'
    | 'removeNightly';
  /** Of a successor or a handover. `successor` of a handover is who gets the records; absent where nobody does. */
  readonly leaver?: Person;
  readonly successor?: Person;
  /** Of an alias: an address, or `@` and a domain. */
  readonly alias?: string;
  /** Of an alias: whom, or which domain, it leads to. */
  readonly person?: Person;
  readonly toDomain?: string;
};

/** Of the last 90 days, the newest first. */
export type ChangesPage = { readonly entries: readonly ChangeEntry[]; readonly after?: string };

export type LookupRequest = { readonly email: string };

/** Whom an email leads to and what the step would answer. Nothing is written and no count is changed. */
export type LookupAnswer = {
  /** As it was read; absent when it is no email. */
  readonly email?: string;
  readonly outcome: 'FOUND' | 'FAILED';
  /** Whom the step would assign. */
  readonly person?: Person;
  readonly matchedBy?: 'EMAIL' | 'FORMER_EMAIL' | 'ALIAS';
  /** The leaver whom `person` stands in for. */
  readonly substitutedFor?: Person;
  readonly errorCode?: string;
  /** Whom the refusal is about: who left, or who shares the email. */
  readonly about: readonly Person[];
  readonly resolvedFrom?: 'CACHE' | 'LIVE';
  readonly ownerDataAgeSeconds?: number;
  /** Every output that the step would answer, by its name. */
  readonly outputs: Readonly<Record<string, string>>;
};

export type RefreshRequest = { readonly changeId: string };

/** Queued; the overview shows when it is done. */
export type RefreshAnswer = { readonly changeId: string; readonly status: 'queued' };

/** `planning` → `planned` → `moving` → `moved` → `undoing` → `undone`. `failed`: it never goes on. */
type HandoverStatus = 'planning' | 'planned' | 'moving' | 'moved' | 'undoing' | 'undone' | 'failed';

/** The records of one object type whose owner property holds the leaver. Object types are HubSpot's IDs, `0-1` for contacts. */
type HandoverPart = {
  readonly objectType: string;
  readonly property: string;
  /** As people see it in HubSpot. */
  readonly label: string;
  readonly records: number;
};

/** What became of the records of a plan, or of an undo. */
export type HandoverCounts = {
  readonly done: number;
  /** Somebody changed their owner meanwhile. */
  readonly leftAlone: number;
  /** Deleted, or merged into another. */
  readonly missing: number;
  /** HubSpot refuses to change them. */
  readonly refused: number;
};

/** What is not part of a plan: an object type whose permission is missing, or one owner property. */
type LeftOut = {
  readonly objectType: string;
  /** Empty where HubSpot does not say which, and where a property is named. */
  readonly scopes: readonly string[];
  readonly property?: string;
  readonly label?: string;
  readonly why?: 'notSearchable' | 'severalOwners' | 'unclear';
};

export type HandoverEntry = {
  readonly handoverId: string;
  readonly status: HandoverStatus;
  /** Somebody stopped it, or it cannot go on for `reason`. */
  readonly isStopped: boolean;
  /** It goes on without anybody: the page asks again in a few seconds. */
  readonly isWorking: boolean;
  /** It was stopped, and what it moved at last is still being counted: the page asks again, too. */
  readonly isCounting?: true;
  readonly reason?: string;
  readonly leaver: Person;
  /** Absent: the owner properties are cleared. */
  readonly target?: Person;
  /** HubSpot's user ID of whoever asked for it; empty for operators and for every night's. */
  readonly requestedBy: string;
  readonly isNightly: boolean;
  /** What changes after this moment is left alone. */
  readonly plannedAt: string;
  /** Until then it may be started, continued and undone. */
  readonly endsAt: string;
  /** Names this plan; absent while it is being made. */
  readonly digest?: string;
  readonly records: number;
  readonly parts: readonly HandoverPart[];
  /** Object types that could not be read, with the permissions that are missing. */
  readonly unreadable: readonly LeftOut[];
  /** What moving it takes at least: calls to HubSpot, and minutes. */
  readonly calls: number;
  readonly minutes: number;
  /** Records, and minutes of the move or the undo. */
  readonly progress: { readonly done: number; readonly total: number; readonly minutesLeft: number };
  readonly moved: HandoverCounts;
  readonly undone: HandoverCounts;
  /** What the leaver still owned when everything was moved. */
  readonly remaining?: number;
  readonly canStart: boolean;
  readonly canUndo: boolean;
};

/** Of the last month, the newest first. A page holds fewer than `limit` where they would not fit into an answer. */
export type HandoversPage = {
  readonly entries: readonly HandoverEntry[];
  readonly after?: string;
  /** Leavers whose records go to their successor every night. */
  readonly nightly: readonly Person[];
  /** What the handovers of the last night came to so far, by leaver. */
  readonly lastNight: readonly NightlyHandover[];
};

export type HandoverPlan = {
  readonly changeId: string;
  /** An owner ID or an email. */
  readonly leaver: string;
  /** An owner ID or an email; without it and `clear`, the leaver's successor. */
  readonly target?: string;
  /** The owner properties are emptied. */
  readonly clear?: true;
};

export type HandoverStart = { readonly changeId: string; readonly digest: string };

export type HandoverOrder = { readonly changeId: string };

/** `queued`: the work goes on behind the queue. A stop is `set` and takes effect after the batch at hand. */
export type HandoverAnswer = {
  readonly changeId: string;
  readonly status: 'queued' | 'set' | 'refused';
  readonly handoverId?: string;
  readonly code?: RefusalCode;
  /** English, with `refused`. */
  readonly message?: string;
};

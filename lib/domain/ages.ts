/**
 * How long data is trusted, and how long rows are kept. In one place, because the ages depend on each other: what is trusted for
 * a day must be kept for longer. The leaver guard (`OWNER_MAX_AGE_HOURS`) is configuration.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

// How far clocks may be apart; the least, `MAX_CLOCK_SKEW_MS`, is beside the owners whose times it compares

/** Two containers. A row that is further ahead is looked up again, which costs a call. */
export const MAX_CONTAINER_SKEW_MS = MINUTE_MS;
/** Any clock, ours or DynamoDB's, where a wrong guess would lock somebody out or delete a row too early. */
export const MAX_CLOCK_LEAD_MS = HOUR_MS;

/**
 * How far a stored time may be ahead. A time beyond this comes from a wrong clock and is ignored. Otherwise what that clock wrote
 * would count as the newest until its time comes.
 */
export function farthestEpochMs(nowEpochMs: number): number {
  return nowEpochMs + MAX_CLOCK_LEAD_MS;
}

// Trusted for

/** That an email has no owner, before HubSpot is asked again: a person who was hired today is found today. */
export const OWNER_REFUSAL_MAX_AGE_MS = MINUTE_MS;
/**
 * That no new person has a former address, so that it leads to the person who had it. Many records may hold such addresses, and a
 * check costs five calls.
 */
export const FORMER_MATCH_MAX_AGE_MS = HOUR_MS;
/** The owner properties of an object. */
export const PROPERTY_LIST_MAX_AGE_MS = 5 * MINUTE_MS;
/** A refusal for a property is permanent, so it needs a younger list: the property may be a minute old. */
export const PROPERTY_REFUSAL_MAX_AGE_MS = MINUTE_MS;
/**
 * That the refresh was refused a scope, unless the app was installed again since. HubSpot does not report new scopes of a static
 * app.
 */
export const USERS_REFUSAL_MAX_AGE_MS = 7 * DAY_MS;
/** That a user is a super admin. Somebody who lost that role may still change something for this long. */
export const ADMIN_PROOF_MS = 5 * MINUTE_MS;
/** A reduced rate limit, since it was last seen: HubSpot's endpoints may have limits of their own. */
export const RATE_LIMIT_MAX_AGE_MS = 10 * MINUTE_MS;
/**
 * HubSpot's refusal to complete callbacks. New scopes of a private app take this long to have an effect, because HubSpot does not
 * report them.
 */
export const QUEUE_REFUSAL_MAX_AGE_MS = HOUR_MS;

// Remembered by a container

/** Long enough to answer a burst from memory, short enough that a refresh is seen everywhere within half a minute. */
export const OWNER_IN_MEMORY_MS = 30 * SECOND_MS;
/** The time of the last sync. It confirms rows for a day, so half a minute does not matter. */
export const LAST_SYNC_IN_MEMORY_MS = 30 * SECOND_MS;
/**
 * During a flood, a container checks once a minute whether HubSpot refused to complete callbacks. Granted scopes are read each
 * time.
 */
export const QUEUE_REFUSAL_IN_MEMORY_MS = MINUTE_MS;
/** That a portal sent signature v3. The portal may be deleted and install the app again, which starts with an empty table. */
export const SIGNATURE_IN_MEMORY_MS = HOUR_MS;

// Kept in the table

/** Longer than any reader trusts the row: by then the next sync has replaced it, or HubSpot is asked again. */
export const LEARNED_OWNER_ROW_MS = 30 * DAY_MS;
export const ABSENT_OWNER_ROW_MS = HOUR_MS;
/** Longer than HubSpot redelivers (3 days) and than an execution waits in the queue (2 days). */
export const EXECUTION_ROW_MS = 9 * DAY_MS;
/** Without an ID, a second enrollment of the record looks like a redelivery. It counts as one during this time only. */
export const UNSTABLE_EXECUTION_ROW_MS = 10 * MINUTE_MS;
/** Longer than an execution may be late: HubSpot redelivers for three days. */
export const WORK_LOG_ROW_MS = 4 * DAY_MS;
/** Long enough for the nightly report, even if the refresh fails for some nights. */
export const UNRESOLVED_EMAIL_ROW_MS = 30 * DAY_MS;
/** The settings page shows a week. */
export const OUTCOME_COUNT_ROW_MS = 30 * DAY_MS;
/** The log of changes; a repeated change is recognized by its ID for the same time. */
export const CHANGE_ROW_MS = 90 * DAY_MS;
/** A handover can be undone for 30 days. Its rows are kept longer. */
export const HANDOVER_UNDO_MS = 30 * DAY_MS;
export const HANDOVER_ROW_MS = 32 * DAY_MS;
export const SYNC_CHECKPOINT_ROW_MS = DAY_MS;
/** A forgotten limit is learned again with the first call. */
export const RATE_LIMIT_ROW_MS = 7 * DAY_MS;
/** Rows of a portal that disconnected, in case it comes back. The maximum is 30 days. */
export const DISCONNECTED_PORTAL_MS = 21 * DAY_MS;
/** Queues keep a message for 14 days, so messages of a deleted portal may arrive until then. */
export const FORGOTTEN_MARK_MS = 16 * DAY_MS;

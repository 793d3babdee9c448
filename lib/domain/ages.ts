/**
 * How long what was learned is believed, and how long rows are kept. In one place, because the ages depend on each other: what
 * may be believed for a day must be kept for longer. The leaver guard (`OWNER_MAX_AGE_HOURS`) is configuration.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const MAX_CLOCK_LEAD_MS = HOUR_MS;

/**
 * The farthest that a stored time may be ahead. One beyond it comes from a wrong clock and is in nobody's way: without this, what
 * such a clock wrote would count as the newest until its time comes.
 */
export function farthestEpochMs(nowEpochMs: number): number {
  return nowEpochMs + MAX_CLOCK_LEAD_MS;
}

// Believed

/** A verdict that refuses an email, before HubSpot is asked again: a hire of today works today. */
export const OWNER_REFUSAL_MAX_AGE_MS = MINUTE_MS;
/** That nobody got a former address, so that it leads to whoever had it. Records may be full of such addresses, at five calls each. */
export const FORMER_MATCH_MAX_AGE_MS = HOUR_MS;
/** The owner properties of an object. */
export const PROPERTY_LIST_MAX_AGE_MS = 5 * MINUTE_MS;
/** A refusal for a property is final, so the list must be younger: the property may have been made a minute ago. */
export const PROPERTY_REFUSAL_MAX_AGE_MS = MINUTE_MS;
/** A scope that was refused to the refresh, unless the app was installed again since. HubSpot does not say when a static app was. */
export const USERS_REFUSAL_MAX_AGE_MS = 7 * DAY_MS;
/** That a user is a super admin: somebody who is not any more may change something for so long. */
export const ADMIN_PROOF_MS = 5 * MINUTE_MS;
/** A lower rate limit after it was last seen: HubSpot's endpoints may have limits of their own. */
export const RATE_LIMIT_MAX_AGE_MS = 10 * MINUTE_MS;
/** HubSpot's refusal to complete callbacks. Later grants of a private app, which HubSpot does not say, take this long. */
export const QUEUE_REFUSAL_MAX_AGE_MS = HOUR_MS;

// Remembered by a container

/** Long enough to answer a burst from memory, short enough that a refresh shows everywhere within half a minute. */
export const OWNER_IN_MEMORY_MS = 30 * SECOND_MS;
/** When the last sync was. It confirms rows for a day: learning of it half a minute late changes nothing. */
export const LAST_SYNC_IN_MEMORY_MS = 30 * SECOND_MS;
/** In a flood, a container reads once a minute whether HubSpot refused to complete callbacks. What was granted is read each time. */
export const QUEUE_REFUSAL_IN_MEMORY_MS = MINUTE_MS;
/** That a portal sent v3. It may be forgotten and install the app again, which starts with nothing in the table. */
export const SIGNATURE_IN_MEMORY_MS = HOUR_MS;

// Kept in the table

/** Long after any reader would believe it: the next sync replaces the row, or HubSpot is asked again. */
export const LEARNED_OWNER_ROW_MS = 30 * DAY_MS;
export const ABSENT_OWNER_ROW_MS = HOUR_MS;
/** Longer than HubSpot redelivers (3 days) and than an execution waits in the queue (2 days). */
export const EXECUTION_ROW_MS = 9 * DAY_MS;
/** Without an id of its own, a second enrollment of the record looks like a redelivery. It counts as one in this time only. */
export const UNSTABLE_EXECUTION_ROW_MS = 10 * MINUTE_MS;
/** Longer than an execution may be late: HubSpot redelivers for three days. */
export const WORK_LOG_ROW_MS = 4 * DAY_MS;
/** Long enough for a report that comes once a night and a refresh that fails for a while. */
export const UNRESOLVED_EMAIL_ROW_MS = 30 * DAY_MS;
/** The settings page shows a week. */
export const OUTCOME_COUNT_ROW_MS = 30 * DAY_MS;
/** Who changed what; also how long the same change is known by its id. */
export const CHANGE_ROW_MS = 90 * DAY_MS;
/** A handover can be undone for 30 days; its rows outlast the last one. */
export const HANDOVER_UNDO_MS = 30 * DAY_MS;
export const HANDOVER_ROW_MS = 32 * DAY_MS;
export const SYNC_CHECKPOINT_ROW_MS = DAY_MS;
/** A limit is learned again with the first call after it was forgotten. */
export const RATE_LIMIT_ROW_MS = 7 * DAY_MS;
/** Rows of a portal that disconnected, in case it comes back; never longer than 30 days. */
export const DISCONNECTED_PORTAL_MS = 21 * DAY_MS;
/** Queues keep a message for 14 days: until then one of a forgotten portal may still arrive. */
export const FORGOTTEN_MARK_MS = 16 * DAY_MS;

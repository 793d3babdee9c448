/** Many records of one portal enrolled at once, and what stands against them. */
export type Flood = {
  readonly records: number;
  /** HubSpot sends up to about 300 a second to one host (HubSpot staff, 2023-03-01, read 2026-11-23). */
  readonly enrolledPerSecond: number;
  /** Calls in any ten seconds. There is no daily limit, as for a marketplace app. */
  readonly burstLimit: number;
  /** What HubSpot's API takes for one call. */
  readonly latencyMs: number;
  /** All with an email. */
  readonly activeOwners: number;
  readonly archivedOwners: number;
  /**
   * How far HubSpot's waits before it sends again differ from its schedule: 0.5 draws between half and one and a half of
   * each. HubSpot does not say whether it spreads them.
   */
  readonly spread: number;
};

/** The flood of the budget. */
export const FLOOD: Flood = {
  records: 10_000,
  enrolledPerSecond: 300,
  burstLimit: 110,
  latencyMs: 120,
  activeOwners: 240,
  archivedOwners: 12,
  spread: 0.5,
};

/** What a way of doing the job came to. */
export type FloodOutcome = {
  readonly way: string;
  readonly records: number;
  /** To HubSpot's API, refused ones included. */
  readonly calls: number;
  /** Calls answered with 429. */
  readonly refused: number;
  /** From the first execution until HubSpot was done with the last one. */
  readonly settledAfterMs: number;
  /** Records without an owner in the CRM at the end. */
  readonly neverAssigned: number;
  /** Records with another owner in the CRM than the email's. */
  readonly wrongOwners: number;
  /** How often HubSpot sent an execution, all records together; undefined when it was not counted. */
  readonly deliveries?: number;
};

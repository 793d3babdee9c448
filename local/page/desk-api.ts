/** What the workbench asks of the desk's server, and what it answers: types only, for both. */

export type DeskUser = {
  readonly userId: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isSuperAdmin: boolean;
};

/** What the page needs to begin. */
export type DeskStart = {
  readonly portalId: number;
  readonly users: readonly DeskUser[];
};

export type HubSpotState = 'up' | 'down' | 'limited';

export type DeskPerson = {
  readonly ownerId: string;
  readonly name: string;
  readonly email: string;
  readonly isActive: boolean;
};

export type DeskRecord = { readonly recordId: string; readonly owner: string };

export type EnrollForm = {
  readonly recordType: string;
  /** Empty: a new record. */
  readonly recordId: string;
  readonly inputFields: Readonly<Record<string, string>>;
  readonly delivery: 'never' | 'overlapping' | 'after';
};

type RunCall = {
  readonly afterMs: number;
  readonly method: string;
  readonly path: string;
  /** Absent while it is open, and permanently if nothing was answered. */
  readonly status?: number;
};

export type Run = {
  readonly id: number;
  readonly title: string;
  /** `sending`: HubSpot delivers, or delivers again. `queued`: the action answered with BLOCK. */
  readonly status: 'sending' | 'queued' | 'done' | 'failed';
  /** HubSpot's waits before it delivers again, in its own time. */
  readonly retryWaitsMs: readonly number[];
  readonly attempts: readonly string[];
  readonly state: string;
  readonly historySentence: string;
  readonly ownerBefore: string;
  readonly ownerAfter: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
  readonly calls: readonly RunCall[];
  readonly logLines: readonly string[];
  readonly curl: string;
};

/** Asked for every second while the page is open. */
export type DeskState = {
  readonly hubspot: HubSpotState;
  readonly queue: { readonly waiting: number; readonly inFlight: number; readonly dead: number };
  /** Executions that HubSpot waits for. */
  readonly blocked: number;
  readonly people: readonly DeskPerson[];
  readonly recordTypes: readonly string[];
  readonly runs: readonly Run[];
  readonly isRefreshing: boolean;
};

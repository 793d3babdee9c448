import type { Answer, Api } from './api.ts';
import { type MadeRecords, makeRecords } from './made-records.ts';
import { NotRun } from './observation.ts';
import { asObject, resultsOf } from './words.ts';

export const OWNERS = '/crm/owners/2026-09';
export const ACCOUNT = '/account-info/2026-09/details';
export const OWNER = 'hubspot_owner_id';
export const ASSIGNED = 'hubspot_owner_assigneddate';

export type OwnerRow = {
  readonly id: string;
  readonly type: string;
  readonly email: string;
  readonly userId: string;
};

export type OAuthCredentials = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
};

export type GroundOptions = {
  readonly api: Api;
  readonly portalId: string;
  readonly sleep: (ms: number) => Promise<void>;
  /** How long values that HubSpot computes later are waited for. */
  readonly patienceMs: number;
  /** Different in each run: part of the emails of the records that it makes. */
  readonly runId: string;
  readonly oauth?: OAuthCredentials | undefined;
  /** Whether the rate limit may be spent for a check. */
  readonly maySpendLimit: boolean;
};

/** What the checks stand on: the account as it is, and records that are made for them. */
export type Ground = Pick<GroundOptions, 'api' | 'portalId' | 'sleep' | 'maySpendLimit'> & {
  readonly records: MadeRecords;
  /** The first page of 500. */
  owners(listing: 'active' | 'archived'): Promise<readonly OwnerRow[]>;
  /** So many people who are owners. @throws {NotRun} when the account has fewer */
  people(count: number): Promise<readonly OwnerRow[]>;
  /** @throws {NotRun} when the account has none */
  deactivated(): Promise<OwnerRow>;
  /** @throws {NotRun} when none were given */
  credentials(): OAuthCredentials;
  /** Lets so much time pass that a later change has a later time. */
  pause(): Promise<void>;
  /** Reads until `isDone`, or until the patience is at its end; answers what was read last. */
  watch<Value>(read: () => Promise<Value>, isDone: (value: Value) => boolean): Promise<Value>;
};

const PAUSE_MS = 1_000;

export function createGround(options: GroundOptions): Ground {
  const { api, portalId, sleep, patienceMs, oauth, maySpendLimit } = options;
  const listed = new Map<string, Promise<readonly OwnerRow[]>>();

  function owners(listing: 'active' | 'archived'): Promise<readonly OwnerRow[]> {
    const known = listed.get(listing) ?? listOwners(api, listing);
    listed.set(listing, known);
    return known;
  }

  return {
    api,
    portalId,
    sleep,
    maySpendLimit,
    owners,
    records: makeRecords(options),
    async people(count) {
      const people = (await owners('active')).filter(({ type }) => type === 'PERSON');
      if (people.length < count)
        throw new NotRun(count === 1 ? 'needs an active owner' : `needs ${count} active owners`);
      return people;
    },
    async deactivated() {
      const [owner] = await owners('archived');
      if (owner === undefined) throw new NotRun('needs a deactivated owner');
      return owner;
    },
    credentials() {
      if (oauth === undefined) {
        throw new NotRun('needs HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN');
      }
      return oauth;
    },
    pause: () => sleep(Math.min(PAUSE_MS, patienceMs)),
    async watch(read, isDone) {
      let value = await read();
      for (const share of [0.25, 0.75]) {
        if (isDone(value)) return value;
        await sleep(patienceMs * share);
        value = await read();
      }
      return value;
    },
  };
}

async function listOwners(api: Api, listing: 'active' | 'archived'): Promise<readonly OwnerRow[]> {
  const answer = await api.get(`${OWNERS}?limit=500&archived=${listing === 'archived'}`);
  expectStatus(answer, 200, 'the owners');
  return resultsOf(answer).map(({ id, type, email, userId, userIdIncludingInactive }) => ({
    id: String(id),
    type: String(type),
    email: typeof email === 'string' ? email : '',
    userId: String(userId ?? userIdIncludingInactive ?? ''),
  }));
}

/** What a check needs before it can see anything. */
export function expectStatus(answer: Answer, status: number, what: string): void {
  if (answer.status === status) return;
  if (answer.status === 403 && asObject(answer.json).category === 'MISSING_SCOPES') {
    throw new NotRun(`needs a token with the scope for ${what}`);
  }
  throw new Error(`${what}: HubSpot answered ${answer.status}`);
}

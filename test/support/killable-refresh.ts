import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CrmUser } from '../../lib/domain/crm-user.ts';
import { toDeadline } from '../../lib/domain/deadline.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import type { RefreshJob, RefreshOutcome } from '../../lib/domain/owner-sync.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import type { Table } from '../../lib/store/table.ts';
import { createUnresolvedEmails } from '../../lib/store/unresolved-emails.ts';
import { createReadUsers } from '../../lib/use-cases/owner-sync/read-users.ts';
import { createSyncOwners } from '../../lib/use-cases/owner-sync/sync-owners.ts';
import { PORTAL_A } from '../builders/ids.ts';

class Killed extends Error {}

export type KillableRun = {
  readonly table: Table;
  readonly now: () => number;
  /** What HubSpot lists when it is asked. */
  readonly list: () => readonly Owner[];
  /** What the users object lists; nobody when left out. */
  readonly users?: () => readonly CrmUser[];
  /** The step before which the run crashes. Without it, the run never crashes. A step is a page read or a DynamoDB call. */
  readonly killAtStep?: number | undefined;
  readonly runId: string;
  /** What a run that ran out of time asked to be queued. */
  readonly continued?: RefreshJob | undefined;
};

/** One refresh of portal A that can be made to die before any of its steps, as a killed function does. */
export async function runKillable(run: KillableRun): Promise<{ outcome: RefreshOutcome | 'killed'; steps: number }> {
  let steps = 0;
  const step = () => {
    if (run.killAtStep !== undefined && steps >= run.killAtStep) throw new Killed('killed');
    steps += 1;
  };
  const client = new Proxy(run.table.client, {
    get(target, name, receiver) {
      if (name !== 'send') return Reflect.get(target, name, receiver);
      return async (...args: Parameters<DynamoDBClient['send']>) => {
        step();
        return target.send(...args);
      };
    },
  });
  const silent = () => undefined;
  const refresh = createSyncOwners({
    pages: {
      async listPage(_portal, listing) {
        step();
        const owners = run.list().filter(({ archived }) => archived === (listing === 'archived'));
        return { owners, after: undefined };
      },
    },
    store: createOwnerSyncStore({ client, tableName: run.table.tableName }, run.now),
    readUsers: createReadUsers({
      users: {
        async listUsers() {
          step();
          return { users: run.users?.() ?? [], after: undefined };
        },
      },
      now: run.now,
      log: { debug: silent, info: silent, warn: silent, error: silent },
    }),
    unresolved: createUnresolvedEmails({ client, tableName: run.table.tableName }, run.now),
    now: run.now,
    metrics: { count: silent, measure: silent },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const order = { portalId: PORTAL_A, runId: run.runId, requestedAtEpochMs: run.now(), force: true, continuations: 0 };
  const outcome = await refresh(run.continued ?? order, toDeadline(run.now() + 600_000)).catch((error: unknown) => {
    if (isKilled(error)) return 'killed' as const;
    throw error;
  });
  return { outcome, steps };
}

function isKilled(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && error.cause instanceof Killed);
}

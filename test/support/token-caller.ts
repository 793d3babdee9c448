import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { toDeadline } from '../../lib/domain/deadline.ts';
import { parsePortalId } from '../../lib/domain/ids.ts';
import { createOAuthApp } from '../../lib/hubspot/oauth.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import type { OAuthApp, Portals } from '../../lib/ports/portals.ts';
import type { Sleep } from '../../lib/ports/telemetry.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { createAccessTokens } from '../../lib/use-cases/portals/access-tokens.ts';

/** How far a refresh gets: the lease is held, HubSpot has answered, the new tokens are stored. */
export type RefreshPoint = 'leased' | 'answered' | 'saved';

/** One container in a process of its own, which says `ready`, waits for the start signal, and reports. */
export type CallerOrder = {
  readonly endpoint: string;
  readonly tableName: string;
  readonly apiBaseUrl: string;
  readonly portalId: string;
  readonly cipherKey: string;
  readonly callers: number;
  readonly client: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
  /** Where to stop for good and say so, to be killed there. */
  readonly stopAt?: RefreshPoint;
};

export type CallerGo = { readonly clockOffsetMs: number };

/** By the process's own clock, which is `clockOffsetMs` ahead of the machine's. */
export type CallerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stopped'; readonly at: RefreshPoint; readonly leaseAskedForAtEpochMs: number }
  /** A digest of the token that each caller got. */
  | { readonly kind: 'got'; readonly digests: readonly string[]; readonly atEpochMs: number };

/** Longer than the lease of a process that was killed. */
const PATIENCE_MS = 20_000;
const HOUR_MS = 3_600_000;

async function main(order: CallerOrder): Promise<void> {
  const { endpoint, tableName, apiBaseUrl, cipherKey, client } = order;
  const portalId = parsePortalId(order.portalId);
  if (portalId === undefined) throw new Error('the order names no portal');
  tell({ kind: 'ready' });
  const { clockOffsetMs } = await new Promise<CallerGo>((resolve) => process.once('message', resolve));
  const now = () => Date.now() + clockOffsetMs;
  const sleep: Sleep = (ms) => delay(ms);
  const nothing = () => {};
  const transport = createTransport();
  const real = {
    portals: createPortals({ client: new DynamoDBClient({ endpoint }), tableName }, now),
    oauth: createOAuthApp({ ...client, transport, apiBaseUrl, now, sleep, random: Math.random }),
  };
  const tokens = createAccessTokens({
    ...stopping(real, order.stopAt, now),
    cipher: createLocalTokenCipher({ current: cipherKey }, {}),
    now,
    sleep,
    newId: randomUUID,
    metrics: { count: nothing, measure: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const got = await Promise.all(
    Array.from({ length: order.callers }, () => tokens.getToken(portalId, toDeadline(now() + PATIENCE_MS))),
  );
  const digests = got.map(({ value }) => createHash('sha256').update(value).digest('hex'));
  tell({ kind: 'got', digests, atEpochMs: now() });
  process.disconnect();
}

/** The same, but that one of them never comes back from the point at which the process is to stop. */
function stopping(
  { portals, oauth }: { readonly portals: Portals; readonly oauth: OAuthApp },
  stopAt: RefreshPoint | undefined,
  now: () => number,
): { readonly portals: Portals; readonly oauth: Pick<OAuthApp, 'refresh'> } {
  let leaseAskedForAtEpochMs = 0;
  const pass = async (at: RefreshPoint): Promise<void> => {
    if (at !== stopAt) return;
    tell({ kind: 'stopped', at, leaseAskedForAtEpochMs });
    // Far beyond anybody's patience: it waits to be killed, and a process with nothing to wait for ends.
    await delay(HOUR_MS);
  };
  return {
    portals: {
      ...portals,
      async takeTokenLease(...lease) {
        leaseAskedForAtEpochMs = now();
        const isTaken = await portals.takeTokenLease(...lease);
        if (isTaken) await pass('leased');
        return isTaken;
      },
      async saveTokens(...change) {
        const isSaved = await portals.saveTokens(...change);
        await pass('saved');
        return isSaved;
      },
    },
    oauth: {
      async refresh(...grant) {
        const granted = await oauth.refresh(...grant);
        await pass('answered');
        return granted;
      },
    },
  };
}

function tell(report: CallerReport): void {
  process.send?.(report);
}

await main(JSON.parse(process.argv[2] ?? '{}') as CallerOrder);

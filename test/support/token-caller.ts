import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { parsePortalId } from '../../lib/domain/ids.ts';
import type { Sleep } from '../../lib/domain/ports.ts';
import { createOAuthApp } from '../../lib/hubspot/oauth.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { createPortalTokens } from '../../lib/use-cases/portal-tokens.ts';

/** One container in a process of its own: `ready`, and after `go` a digest of the token that each of its callers got. */
export type CallerOrder = {
  readonly endpoint: string;
  readonly tableName: string;
  readonly apiBaseUrl: string;
  readonly portalId: string;
  readonly cipherKey: string;
  readonly callers: number;
  readonly client: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
};

async function main(order: CallerOrder): Promise<void> {
  const { endpoint, tableName, apiBaseUrl, cipherKey, client } = order;
  const portalId = parsePortalId(order.portalId);
  if (portalId === undefined) throw new Error('the order names no portal');
  const now = Date.now;
  const sleep: Sleep = (ms) => delay(ms);
  const nothing = () => {};
  const tokens = createPortalTokens({
    portals: createPortals({ client: new DynamoDBClient({ endpoint }), tableName }, now),
    cipher: createLocalTokenCipher({ current: cipherKey }, {}),
    oauth: createOAuthApp({ ...client, transport: createTransport(), apiBaseUrl, now, sleep, random: Math.random }),
    now,
    sleep,
    newId: randomUUID,
    metrics: { count: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const got = await Promise.all(Array.from({ length: order.callers }, () => tokens.getToken(portalId)));
  process.send?.(got.map(({ value }) => createHash('sha256').update(value).digest('hex')));
  process.disconnect();
}

await main(JSON.parse(process.argv[2] ?? '{}') as CallerOrder);

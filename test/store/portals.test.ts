import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../../lib/domain/ids.ts';
import type { TokenRevision } from '../../lib/domain/portal.ts';
import type { Portals } from '../../lib/ports/portals.ts';
import { portalKey } from '../../lib/store/portal-item.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { createTableClient, type Table } from '../../lib/store/table.ts';
import { PORTAL_A, PORTAL_B, toPortalId } from '../builders/ids.ts';
import { describePortals, gather, makeStoredTokens } from '../contracts/portals.contract.ts';
import { createFakePortals } from '../fakes/portals.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { type DynamoDbProxy, startDynamoDbProxy } from '../support/dynamodb-proxy.ts';
import { readAllItems } from '../support/table-items.ts';

const GRANT = { scopes: ['oauth'], tokens: makeStoredTokens('first') };
const SECOND = { tokens: makeStoredTokens('second') };

describePortals('in memory, for tests', async (now) => createFakePortals(now));

describe.each(ENGINES)('Connected accounts on $name', ({ name, makeTable }) => {
  let table: Table;
  let clock: FakeClock;
  let portals: Portals;

  describePortals(name, async (now) => createPortals(await makeTable(), now));

  const seen = async (of = portals, portalId = PORTAL_A): Promise<TokenRevision> =>
    (await of.read(portalId)) ?? { installationId: '', version: 0 };
  const disconnect = async (of: Portals, portalId: PortalId) =>
    of.disconnect(portalId, await seen(of, portalId), clock.now());

  beforeEach(async () => {
    table = await makeTable();
    clock = makeClock();
    portals = createPortals(table, clock.now);
  });

  it('[O11, X11] A connected account is one item and one entry with an ID only, without a readable token and without expiry', async () => {
    await portals.connect(PORTAL_A, GRANT, clock.now());
    const items = await readAllItems(table);
    const byKind = Object.fromEntries(items.map((item) => [item.pk?.S, Object.keys(item).sort()]));
    expect(byKind).toEqual({
      portals: ['listedAtEpochMs', 'pk', 'sk', 'step'],
      [`portal#${PORTAL_A}#portal`]: [
        'ciphertext',
        'connectedAtEpochMs',
        'installationId',
        'pk',
        'scopes',
        'sk',
        'tokensExpireAtEpochMs',
        'tokensIssuedAtEpochMs',
        'version',
      ],
    });
  });

  describe('Rows of a version without installation IDs', () => {
    const strip = (...names: readonly string[]) =>
      table.client.send(
        new UpdateItemCommand({
          TableName: table.tableName,
          Key: portalKey(PORTAL_A),
          UpdateExpression: `REMOVE ${names.join(', ')}`,
        }),
      );

    it('[M6] Accounts without an installation ID are leased, saved and disconnected until the account installs the app again', async () => {
      await portals.connect(PORTAL_A, GRANT, clock.now());
      await strip('installationId');
      const former = await seen();
      expect(former.installationId).toBe('');
      expect(await portals.takeTokenLease(PORTAL_A, 'a', former, 10_000)).toBe(true);
      expect(await portals.saveTokens(PORTAL_A, 'a', former, SECOND)).toBe(true);
      await portals.connect(PORTAL_A, GRANT, clock.now());
      const late = { installationId: '', version: (await seen()).version };
      expect(await portals.saveTokens(PORTAL_A, 'a', late, SECOND)).toBe(false);
      await portals.disconnect(PORTAL_A, late, clock.now());
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
    });

    it('[M7] A forgotten account is connected when an older version, which does not know the mark, connected it again', async () => {
      await portals.forget(PORTAL_A, '', clock.now());
      await portals.connect(PORTAL_A, GRANT, clock.now());
      await table.client.send(
        new UpdateItemCommand({
          TableName: table.tableName,
          Key: portalKey(PORTAL_A),
          UpdateExpression: 'SET forgottenAtEpochMs = :at',
          ExpressionAttributeValues: { ':at': { N: String(clock.now()) } },
        }),
      );
      expect(await portals.read(PORTAL_A)).not.toHaveProperty('forgottenAtEpochMs');
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
    });
  });

  it('The store lists more accounts than a batch contains', async () => {
    const portalIds = Array.from({ length: 230 }, (_, index) => toPortalId(8_300_000 + index));
    await inTurns(portalIds, (portalId) => portals.connect(portalId, GRANT, clock.now()));
    await disconnect(portals, toPortalId(8_300_150));
    expect(await gather(portals.listConnected())).toEqual(portalIds.filter((id) => id !== '8300150'));
    expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual(['8300150']);
  });

  it('An account is listed whichever call of its install is the last', async () => {
    for (let calls = 0; calls <= 3; calls += 1) {
      const fresh = await makeTable();
      await createPortals(dyingAfter(fresh, calls), clock.now)
        .connect(PORTAL_A, GRANT, clock.now())
        .catch(() => undefined);
      const survivor = createPortals(fresh, clock.now);
      const isConnected = (await survivor.read(PORTAL_A)) !== undefined;
      expect([calls, isConnected]).toEqual([calls, calls >= 2]);
      expect(await gather(survivor.listConnected())).toEqual(isConnected ? [PORTAL_A] : []);
    }
  });

  it('[X15] An unfinished removal of an account is found again, and so is the rest of an unfinished install', async () => {
    await portals.connect(PORTAL_A, GRANT, clock.now());
    await disconnect(portals, PORTAL_A);
    await expect(createPortals(dyingAfter(table, 2), clock.now).remove(PORTAL_A)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(await portals.read(PORTAL_A)).toBeUndefined();
    expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([PORTAL_A]);
    await portals.remove(PORTAL_A);
    expect(await readAllItems(table)).toEqual([]);
  });

  it('An account that installs the app while an earlier install is being removed stays listed', async () => {
    for (let calls = 0; calls <= 3; calls += 1) {
      const fresh = await makeTable();
      const quiet = createPortals(fresh, clock.now);
      await quiet.connect(PORTAL_A, GRANT, clock.now());
      await disconnect(quiet, PORTAL_A);
      clock.advance(1_000);
      const interrupted = interruptedAfter(fresh, calls, () => quiet.connect(PORTAL_A, GRANT, clock.now()));
      await createPortals(interrupted, clock.now).remove(PORTAL_A);
      const isConnected = (await quiet.read(PORTAL_A)) !== undefined;
      expect(await gather(quiet.listConnected())).toEqual(isConnected ? [PORTAL_A] : []);
    }
  });

  it('An account whose install began before an earlier one was removed and ended during the removal stays listed', async () => {
    await portals.connect(PORTAL_A, GRANT, clock.now());
    await disconnect(portals, PORTAL_A);
    clock.advance(1_000);
    const [isListed, restarted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const waiting = interruptedAfter(table, 1, () => {
      isListed.resolve();
      return restarted.promise;
    });
    const connecting = createPortals(waiting, clock.now).connect(PORTAL_A, GRANT, clock.now());
    await isListed.promise;
    const beforeUnlisting = interruptedAfter(table, 2, () => {
      restarted.resolve();
      return connecting;
    });
    await createPortals(beforeUnlisting, clock.now).remove(PORTAL_A);
    expect(await portals.read(PORTAL_A)).toMatchObject({ version: 1 });
    expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
  });

  it('An entry whose account is gone is skipped', async () => {
    for (const portalId of [PORTAL_A, PORTAL_B]) await portals.connect(portalId, GRANT, clock.now());
    await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key: portalKey(PORTAL_A) }));
    expect(await gather(portals.listConnected())).toEqual([PORTAL_B]);
  });

  describe('Connected accounts on an unreliable connection', () => {
    let proxy: DynamoDbProxy;
    let client: DynamoDBClient;
    let behindProxy: Portals;

    beforeEach(async () => {
      const endpoint = await table.client.config.endpoint?.();
      proxy = await startDynamoDbProxy(`http://${endpoint?.hostname}:${endpoint?.port}`);
      process.env.AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
      client = createTableClient({ requestTimeoutMs: 5_000 });
      behindProxy = createPortals({ client, tableName: table.tableName }, clock.now);
      await portals.connect(PORTAL_A, GRANT, clock.now());
    });

    afterEach(async () => {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
      client.destroy();
      await proxy.close();
    });

    it('[D3, A8] Saving tokens recognizes its own save when the reply to it was lost', async () => {
      proxy.script('UpdateItem', 'loseReply');
      expect(await behindProxy.saveTokens(PORTAL_A, 'a', await seen(), SECOND)).toBe(true);
      expect(await portals.read(PORTAL_A)).toMatchObject({ version: 2, tokens: SECOND.tokens });
    });

    it('[D3, A8] Saving tokens does not mistake a lost race, or its own earlier save, for a lost reply', async () => {
      const first = await seen();
      await portals.saveTokens(PORTAL_A, 'b', first, SECOND);
      proxy.script('UpdateItem', 'loseReply');
      expect(await behindProxy.saveTokens(PORTAL_A, 'a', first, SECOND)).toBe(false);
      expect(await behindProxy.saveTokens(PORTAL_A, 'b', { ...first, version: 0 }, SECOND)).toBe(false);
    });

    it('[D3] A token lease recognizes itself when the reply to it was lost', async () => {
      proxy.script('UpdateItem', 'loseReply');
      expect(await behindProxy.takeTokenLease(PORTAL_A, 'a', await seen(), 10_000)).toBe(true);
      expect(await portals.takeTokenLease(PORTAL_A, 'b', await seen(), 10_000)).toBe(false);
    });

    it('[D3, M7] Marking an account as forgotten recognizes its own mark when the reply to it was lost', async () => {
      const { installationId } = await seen();
      proxy.script('UpdateItem', 'loseReply');
      expect(await behindProxy.forget(PORTAL_A, installationId, clock.now())).toBe(true);
      expect(await portals.read(PORTAL_A)).toMatchObject({ forgottenAtEpochMs: clock.now() });
    });

    it('[D3] Disconnecting and releasing the lease succeed when the reply was lost', async () => {
      await portals.takeTokenLease(PORTAL_A, 'a', await seen(), 10_000);
      proxy.script('UpdateItem', 'loseReply');
      await behindProxy.releaseTokenLease(PORTAL_A, 'a');
      proxy.script('UpdateItem', 'loseReply');
      await disconnect(behindProxy, PORTAL_A);
      expect(await gather(portals.listConnected())).toEqual([]);
    });
  });
});

it('Tokens are read consistently, because a token that was just replaced must not be used', async () => {
  const client = createTableClient();
  const send = jest.spyOn(client, 'send').mockResolvedValue({} as never);
  await createPortals({ client, tableName: 'any' }, () => 0).read(PORTAL_A);
  expect(send.mock.calls[0]?.[0].input).toMatchObject({ ConsistentRead: true });
  client.destroy();
});

it('[D5] Account items that a batch left out are requested again', async () => {
  const client = createTableClient();
  const asked: unknown[] = [];
  jest.spyOn(client, 'send').mockImplementation(async (command) => {
    if (command.constructor.name === 'QueryCommand') {
      return { Items: [PORTAL_A, PORTAL_B].map((id) => ({ sk: { S: id } })) } as never;
    }
    const keys = (command.input as { RequestItems: { any: { Keys: unknown[] } } }).RequestItems.any.Keys;
    asked.push(keys.length);
    return { Responses: { any: keys.slice(0, 1) }, UnprocessedKeys: { any: { Keys: keys.slice(1) } } } as never;
  });
  expect(await gather(createPortals({ client, tableName: 'any' }, () => 0).listConnected())).toEqual([
    PORTAL_A,
    PORTAL_B,
  ]);
  expect(asked).toEqual([2, 1]);
  client.destroy();
});

/** The table as a process sees it that crashes after some calls. */
function dyingAfter(table: Table, calls: number): Table {
  return interruptedAfter(table, calls, async () => {
    throw new Error('died');
  });
}

/** The table with something that happens before the call after the first `calls` ones. */
function interruptedAfter(table: Table, calls: number, interrupt: () => Promise<unknown>): Table {
  let made = 0;
  const client = new Proxy(table.client, {
    get(target, name, receiver) {
      if (name !== 'send') return Reflect.get(target, name, receiver);
      return async (...args: Parameters<DynamoDBClient['send']>) => {
        made += 1;
        if (made === calls + 1) await interrupt();
        return target.send(...args);
      };
    },
  });
  return { client, tableName: table.tableName };
}

async function inTurns(portalIds: readonly PortalId[], act: (portalId: PortalId) => Promise<void>): Promise<void> {
  for (let start = 0; start < portalIds.length; start += 20) {
    await Promise.all(portalIds.slice(start, start + 20).map(act));
  }
}

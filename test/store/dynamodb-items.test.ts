import { toDeadline } from '../../lib/domain/deadline.ts';
import { createQueuePermission } from '../../lib/store/queue-permission.ts';
import type { Item, Table } from '../../lib/store/table.ts';
import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { toOwnerId, toPortalId } from '../builders/ids.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { enroll } from '../support/enrollment.ts';
import { makeRefresher } from '../support/refresh.ts';
import { PORTAL, type Service, startService, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';

const DAY_SECONDS = 86_400;
const ID = toPortalId(PORTAL);

describe.each(ENGINES)('The table of an account on $name', ({ makeTable }) => {
  let table: Table;
  let service: Service;

  beforeEach(async () => {
    table = await makeTable();
    service = await startService({ world: { table: table.client }, config: { tableName: table.tableName } });
  });

  afterEach(() => service.close());

  const refresher = (afterCall: () => void = () => undefined) =>
    makeRefresher({ ...service, table, tokens: new Map([[ID, tokenOf(PORTAL)]]), afterCall }, ID);

  it('[D7] Each item that may expire has its expiry as a number in whole seconds', async () => {
    const { state } = service.simulator;
    const jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
    const lena = addArchivedOwner(state, PORTAL, { email: 'lena@example.com' });
    for (const email of ['jane@example.com', 'lena@example.com', 'nobody@example.com', '4711']) {
      service.clock.advance(1);
      await enroll(service, { email });
    }
    addActiveOwner(state, PORTAL, { email: 'omar@example.com' });
    const { now, advance } = service.clock;
    expect(await refresher(() => advance(1_001))({ runId: 'parked' }, now() + 1_000)).toMatchObject({
      kind: 'toBeContinued',
    });
    expect(await refresher()({})).toMatchObject({ kind: 'done' });
    for (const email of ['jane@example.com', 'omar@example.com', 'nobody@example.com'])
      await enroll(service, { email });
    await service.operators.setSuccessor(
      { portalId: ID, leaver: ownerRef(lena.id), successor: ownerRef(jane.id) },
      toDeadline(now() + 5_000),
    );

    await createQueuePermission(table, { now, findScopes: async () => undefined }).revoke(ID);

    const items = await readAllItems(table);

    const expiring = items.filter((item) => 'expiresAtEpochSeconds' in item);
    for (const { expiresAtEpochSeconds } of expiring) {
      expect(expiresAtEpochSeconds).toEqual({ N: expect.stringMatching(/^\d{10}$/) });
    }
    const daysLeft = (item: Item) => (Number(item.expiresAtEpochSeconds?.N) - now() / 1000) / DAY_SECONDS;
    const isChange = (item: Item) => kindOf(item) === 'change';
    expect(
      expiring
        .filter((item) => !isChange(item))
        .map(daysLeft)
        .filter((days) => days < 0.04 || days > 30.1),
    ).toEqual([]);
    expect(expiring.filter(isChange).map(daysLeft).map(Math.round)).toEqual([90]);
    expect([...new Set(expiring.map(kindOf))].sort()).toEqual([
      'budget',
      'change',
      'email',
      'execution',
      'outcomes',
      'queue',
      'sweep',
      'unresolved',
    ]);
    const staying = items.filter((item) => !('expiresAtEpochSeconds' in item));
    const stayingKinds = ['email', 'listing', 'owner', 'refresh', 'signature', 'successor', 'user'];
    expect([...new Set(staying.map(kindOf))].sort()).toEqual(stayingKinds);
  });
});

/** `portal#8200001#email#…` → `email` */
function kindOf({ pk }: Item): string {
  return pk?.S?.split('#')[2] ?? '';
}

function ownerRef(id: string) {
  return { kind: 'ownerId', ownerId: toOwnerId(id) } as const;
}

import { createInMemoryOwnerCache } from '../../lib/store/in-memory-owner-cache.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { describeOwnerCache } from '../contracts/owner-cache.contract.ts';
import { createFakeOwnerCache } from '../fakes/owner-cache.ts';
import { makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

describeOwnerCache('in memory, for tests', async () => createFakeOwnerCache());

for (const { name, makeTable } of ENGINES) {
  describeOwnerCache(name, async () => createOwnerCache(await makeTable(), makeClock().now));
  describeOwnerCache(`the container's memory over ${name}`, async () =>
    createInMemoryOwnerCache(createOwnerCache(await makeTable(), makeClock().now), { now: makeClock().now }),
  );
}

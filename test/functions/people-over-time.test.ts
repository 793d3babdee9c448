import type { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseOwnerEmail } from '../../lib/domain/email.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  deactivateOwner,
  renameOwner,
  spoilOwnerRow,
} from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { type Deactivation, getPortal, type SimulatedOwner } from '../../local/simulator/state.ts';
import { enroll } from '../support/enrollment.ts';
import { explain } from '../support/invoke-operators.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { newChangeId, openPage } from '../support/page-site.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { PORTAL } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

jest.setTimeout(180_000);

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_001;
const service = useService();
const state = () => service().simulator.state;
const LENA = 'lena@example.com';
const WAYS: readonly Deactivation[] = [
  'keepsEmail',
  'blanksEmail',
  'blanksAll',
  'changesEmail',
  'suffixesEmail',
  'vanishes',
];

let jane: SimulatedOwner;
let lena: SimulatedOwner;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
  lena = addActiveOwner(state(), PORTAL, { email: LENA, firstName: 'Lena', lastName: 'Ott' });
});

/** The outputs of an execution in a container that remembers nothing. */
async function ask(email = LENA): Promise<Readonly<Record<string, string>>> {
  const { outputs, ownerId } = await enroll(await service().restart(), { email });
  return { ...outputs, written: ownerId() };
}

const refresh = async () => {
  service().clock.advance(DAY_MS);
  return refreshPortal(service());
};

describe.each(WAYS)('Somebody whose deactivation %s', (how) => {
  it('[M1] A deactivated owner is known as a leaver after a refresh and on later nights, and is in the report', async () => {
    await refresh();
    deactivateOwner(state(), PORTAL, lena.id, how);
    await refresh();
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE', written: '' });
    service().clock.advance(MINUTE_MS);
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE' });

    const report = await refresh();
    expect(report.unresolved).toMatchObject([{ email: LENA, count: 2, cause: { kind: 'left', ownerIds: [lena.id] } }]);
    service().clock.advance(40 * DAY_MS);
    await refresh();
    service().clock.advance(MINUTE_MS);
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
  });

  it('[M1] A deactivated owner is known as a leaver by a live lookup before the refresh, and after it', async () => {
    await refresh();
    deactivateOwner(state(), PORTAL, lena.id, how);
    service().clock.advance(2 * DAY_MS);
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE', written: '' });
    await refresh();
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE', written: '' });
  });

  it('[M1] A deactivated owner whom only a live lookup knew is known as a leaver after the refresh', async () => {
    await refresh();
    const mara = addActiveOwner(state(), PORTAL, { email: 'mara@example.com' });
    expect(await ask('mara@example.com')).toMatchObject({ resolvedFrom: 'LIVE', written: mara.id });
    deactivateOwner(state(), PORTAL, mara.id, how);
    // Sooner than the leaver guard looks.
    service().clock.advance(DAY_MS / 6);
    await refreshPortal(service());
    for (const _turn of ['asked first', 'asked again']) {
      expect(await ask('mara@example.com')).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
    }
  });

  it('[M1] A deactivated owner who had two addresses between two refreshes is known as a leaver by each of them', async () => {
    await refresh();
    const mara = addActiveOwner(state(), PORTAL, { email: 'mara@example.com' });
    expect((await ask('mara@example.com')).written).toBe(mara.id);
    renameOwner(state(), PORTAL, mara.id, 'mara.ott@example.com');
    expect((await ask('mara.ott@example.com')).written).toBe(mara.id);
    deactivateOwner(state(), PORTAL, mara.id, how);
    service().clock.advance(DAY_MS / 6);
    await refreshPortal(service());
    for (const email of ['mara@example.com', 'mara.ott@example.com']) {
      expect(await ask(email)).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
    }
  });

  it('[M1] The records of a deactivated owner go to the successor, and the address to whoever gets it', async () => {
    await refresh();
    await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: LENA, successor: jane.id });
    deactivateOwner(state(), PORTAL, lena.id, how);
    await refresh();
    expect(await ask()).toMatchObject({ outcome: 'ASSIGNED', substitutedFor: lena.id, written: jane.id });

    const heir = addActiveOwner(state(), PORTAL, { email: LENA });
    service().clock.advance(MINUTE_MS);
    expect(await ask()).toMatchObject({ substitutedFor: '', resolvedFrom: 'LIVE', written: heir.id });
    await refresh();
    expect(await ask()).toMatchObject({ substitutedFor: '', resolvedFrom: 'CACHE', written: heir.id });
  });

  it.each(WAYS)(
    '[M1] An address leads to its last holder after they left too, and not to the successor of an earlier one, if HubSpot %s',
    async (later) => {
      const userId = lena.userId ?? 0;
      await refresh();
      await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: LENA, successor: jane.id });
      deactivateOwner(state(), PORTAL, lena.id, how);
      await refresh();
      const heir = addActiveOwner(state(), PORTAL, { email: LENA });
      await refresh();
      deactivateOwner(state(), PORTAL, heir.id, later);
      service().clock.advance(2 * DAY_MS);
      expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE', written: '' });
      for (const _night of ['the first', 'the second']) {
        await refresh();
        expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
        service().clock.advance(MINUTE_MS);
        expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE', written: '' });
      }
      const max = addActiveOwner(state(), PORTAL, { email: 'max@example.com' });
      await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: heir.id, successor: max.id });
      expect(await ask()).toMatchObject({ substitutedFor: heir.id, written: max.id });
      const again = addActiveOwner(state(), PORTAL, { userId, email: 'lena.ott@example.com' });
      await refresh();
      expect(await ask()).toMatchObject({ substitutedFor: heir.id, written: max.id });
      expect((await ask('lena.ott@example.com')).written).toBe(again.id);
    },
  );

  it.each(['a refresh', 'a live lookup'])(
    '[M1] The user ID of a deactivated owner is explained with a leaver after %s, and on later nights',
    async (means) => {
      const userId = String(lena.userId);
      await refresh();
      deactivateOwner(state(), PORTAL, lena.id, how);
      if (means === 'a live lookup') {
        service().clock.advance(2 * DAY_MS);
        await ask();
      }
      for (const _night of ['the first', 'the second']) {
        if (means === 'a refresh') await refresh();
        const { matches } = await explain(await service().restart(), { portalId: PORTAL, value: userId });
        expect(matches).toMatchObject([{ valueIs: 'userId', ownerId: lena.id, isActive: false }]);
      }
      expect((await ask(userId)).errorCode).toBe('VALUE_IS_USER_ID');
    },
  );

  it('[M2, O6] A former address follows a user who comes back with another owner ID, and no longer leads to the successor', async () => {
    const [oldco, newco] = [LENA, 'lena@newco.example'];
    await refresh();
    renameOwner(state(), PORTAL, lena.id, newco);
    await refresh();
    await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: lena.id, successor: jane.id });
    const userId = lena.userId ?? 0;
    deactivateOwner(state(), PORTAL, lena.id, how);
    await refresh();
    expect((await ask(oldco)).written).toBe(jane.id);
    const again = addActiveOwner(state(), PORTAL, { userId, email: newco });
    for (const _night of ['the first', 'the second']) {
      await refresh();
      expect(await ask(oldco)).toMatchObject({ matchedBy: 'FORMER_EMAIL', substitutedFor: '', written: again.id });
    }
    service().clock.advance(2 * DAY_MS);
    expect(await ask(oldco)).toMatchObject({ resolvedFrom: 'LIVE', substitutedFor: '', written: again.id });
    expect(await refresh()).toMatchObject({ joined: [], removed: [], deactivated: [] });
  });

  it('[M2, M3, O6] The address of a user who comes back with another owner ID and another email leads to them on every night', async () => {
    const userId = lena.userId ?? 0;
    await refresh();
    deactivateOwner(state(), PORTAL, lena.id, how);
    await refresh();
    const again = addActiveOwner(state(), PORTAL, { userId, email: 'lena.ott@example.com' });
    for (const _night of ['the first', 'the second', 'the third']) {
      await refresh();
      expect(await ask()).toMatchObject({ matchedBy: 'FORMER_EMAIL', resolvedFrom: 'CACHE', written: again.id });
    }
    expect(await refresh()).toMatchObject({ writes: 1 });
  });

  it('[M1, O6] An alias and a successor lead to a user who comes back with another owner ID', async () => {
    const ALIAS = 'l.ott@example.com';
    const max = addActiveOwner(state(), PORTAL, { email: 'max@example.com' });
    await refresh();
    const { fetch } = openPage(service());
    const body = { changeId: newChangeId(), alias: ALIAS, to: LENA };
    expect((await fetch({ path: '/portal/aliases', method: 'PUT', body })).body).toMatchObject({ status: 'set' });
    await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: max.id, successor: lena.id });
    const userId = lena.userId ?? 0;
    deactivateOwner(state(), PORTAL, max.id);
    deactivateOwner(state(), PORTAL, lena.id, how);
    await refresh();
    for (const email of [ALIAS, 'max@example.com']) expect((await ask(email)).errorCode).toBe('OWNER_DEACTIVATED');
    const again = addActiveOwner(state(), PORTAL, { userId, email: LENA });
    const expectAssigned = async () => {
      await refresh();
      expect(await ask(ALIAS)).toMatchObject({ matchedBy: 'ALIAS', written: again.id });
      expect(await ask('max@example.com')).toMatchObject({ substitutedFor: max.id, written: again.id });
    };
    await expectAssigned();
    const shown = async (path: string) => (await fetch({ path: `/portal/${path}` })).body;
    expect(await shown('aliases')).toMatchObject({ entries: [{ person: { ownerId: again.id, isActive: true } }] });
    expect(await shown('unresolved')).toMatchObject({
      entries: [ALIAS, 'max@example.com'].map((email) => ({ email, cause: { kind: 'resolved' } })),
    });
    const successor = expect.objectContaining({ ownerId: again.id, isActive: true });
    expect((await shown('people')).entries).toContainEqual(expect.objectContaining({ successor }));
    await expectAssigned();
    deactivateOwner(state(), PORTAL, again.id);
    await refresh();
    for (const email of [ALIAS, 'max@example.com']) expect((await ask(email)).errorCode).toBe('OWNER_DEACTIVATED');
    const { matches } = await explain(await service().restart(), { portalId: PORTAL, value: String(userId) });
    expect(matches).toMatchObject([{ isActive: false, email: expect.stringContaining('@') }]);
    Object.assign(again, { archived: false });
    await expectAssigned();
  });

  it('[R11] A deactivation is no change any more on the night after it', async () => {
    await refresh();
    deactivateOwner(state(), PORTAL, lena.id, how);
    expect(await refresh()).toMatchObject({ removed: how === 'vanishes' ? [lena.id] : [] });
    expect(await refresh()).toMatchObject({ writes: 1, removed: [], deactivated: [], active: 1 });
  });
});

// Of somebody who vanished as well, no listing says that they were ever there.
it.each(WAYS.filter((how) => how !== 'vanishes'))(
  '[M1, R13] A deactivated owner whom a live lookup knew before the first refresh is known as a leaver after it, if HubSpot %s',
  async (how) => {
    expect((await ask()).written).toBe(lena.id);
    deactivateOwner(state(), PORTAL, lena.id, how);
    for (const _night of ['the first', 'the second']) {
      service().clock.advance(DAY_MS / 6);
      await refreshPortal(service());
      expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE', written: '' });
    }
  },
);

it('[M1, O6] The user ID of somebody who came back with another owner ID and left again leads to nobody active', async () => {
  deactivateOwner(state(), PORTAL, lena.id);
  const again = addActiveOwner(state(), PORTAL, { userId: lena.userId ?? 0, email: LENA });
  const matches = async () =>
    (await explain(await service().restart(), { portalId: PORTAL, value: String(lena.userId) })).matches;
  await refresh();
  expect(await matches()).toMatchObject([{ ownerId: again.id, isActive: true }]);
  deactivateOwner(state(), PORTAL, again.id, 'blanksAll');
  await refresh();
  expect(await matches()).toMatchObject([{ ownerId: lena.id, isActive: false }]);
});

describe('Somebody hired today, whose address changed before any refresh', () => {
  let zaraId = '';

  beforeEach(async () => {
    await refresh();
    const { id } = addActiveOwner(state(), PORTAL, { email: 'zara@example.com', firstName: 'Zara', lastName: 'Quill' });
    await ask('zara@example.com');
    renameOwner(state(), PORTAL, id, 'zara@newco.example');
    await ask('zara@newco.example');
    zaraId = id;
  });

  it('The name is in the answer of a container that knows them from the cache alone', async () => {
    expect(await ask('zara@newco.example')).toMatchObject({ ownerName: 'Zara Quill', resolvedFrom: 'CACHE' });
  });

  it('The name is in no row any more a month after they left, and their address still leads to a leaver', async () => {
    deactivateOwner(state(), PORTAL, zaraId, 'vanishes');
    await refresh();
    service().clock.advance(30 * DAY_MS);
    const nowSeconds = service().clock.now() / 1_000;
    const rows = (await readAllItems(service().table)).filter(
      ({ expiresAtEpochSeconds }) => Number(expiresAtEpochSeconds?.N ?? nowSeconds) >= nowSeconds,
    );
    expect(rows.filter((row) => /zara|quill/i.test(JSON.stringify(row)))).not.toEqual([]);
    expect(rows.filter((row) => /Zara|Quill/.test(JSON.stringify(row)))).toEqual([]);
    expect(await ask('zara@newco.example')).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
  });
});

describe('Somebody whose address changed', () => {
  beforeEach(async () => {
    await refresh();
    renameOwner(state(), PORTAL, lena.id, 'lena@newco.example');
  });

  it.each(['before', 'after'])(
    '[M2] An owner whose address changed is assigned by both addresses %s the refresh',
    async (when) => {
      if (when === 'after') await refresh();
      else service().clock.advance(2 * DAY_MS);
      expect(await ask()).toMatchObject({ outcome: 'ASSIGNED', written: lena.id });
      expect(await ask('lena@newco.example')).toMatchObject({ outcome: 'ASSIGNED', written: lena.id });
    },
  );

  it('[M2] A former address that records still contain is reported, with how often and by which workflows', async () => {
    await refresh();
    for (const workflowId of [71, 72, 71]) await enroll(service(), { email: LENA, workflowId });
    await ask('nobody@example.com');
    const report = await refresh();
    expect(report.formerEmails).toEqual([
      { email: LENA, ownerId: lena.id, count: 3, workflowIds: ['71', '72'], lastSeenAtEpochMs: expect.any(Number) },
    ]);
    expect(report.formerEmailsTotal).toBe(1);
    expect(report.unresolved).toMatchObject([{ email: 'nobody@example.com' }]);
    expect((await refresh()).formerEmails).toEqual([]);
  });

  it('[M2] An owner whose address changed is explained to operators with the former addresses', async () => {
    await refresh();
    expect((await explain(service(), { portalId: PORTAL, value: LENA })).matches).toMatchObject([
      { ownerId: lena.id, email: 'lena@newco.example', formerEmails: [LENA], byTheirEmail: { ownerId: lena.id } },
    ]);
  });

  it.each(['hired', 'renamed'])(
    '[M2] An owner keeps an address that only executions saw, between two refreshes, after they were %s',
    async (how) => {
      const between = 'mara@between.example';
      if (how === 'hired') addActiveOwner(state(), PORTAL, { id: '7700', email: between });
      const id = how === 'hired' ? '7700' : lena.id;
      renameOwner(state(), PORTAL, id, between);
      expect((await ask(between)).written).toBe(id);
      renameOwner(state(), PORTAL, id, 'mara@newco.example');
      await refresh();
      const [row] = (await readAllItems(service().table)).filter(({ pk }) => pk?.S?.endsWith(`#email#${between}`));
      expect(row).not.toHaveProperty('expiresAtEpochSeconds');
      expect(await ask(between)).toMatchObject({ matchedBy: 'FORMER_EMAIL', resolvedFrom: 'CACHE', written: id });
      const { matches } = await explain(service(), { portalId: PORTAL, value: id });
      expect(matches[0]?.formerEmails).toContain(between);
    },
  );

  it('[M2] An owner loses a former address permanently to an active person who gets it', async () => {
    await refresh();
    const heir = addActiveOwner(state(), PORTAL, { email: LENA });
    await refresh();
    expect((await ask()).written).toBe(heir.id);
    deactivateOwner(state(), PORTAL, heir.id);
    await refresh();
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
  });

  it('[M2] A former address leads to an active person who got it today, before the next refresh', async () => {
    await refresh();
    expect((await ask()).written).toBe(lena.id);
    const heir = addActiveOwner(state(), PORTAL, { email: LENA });
    service().clock.advance(3_600_001);
    expect(await ask()).toMatchObject({ outcome: 'ASSIGNED', matchedBy: 'EMAIL', written: heir.id });
  });

  it.each(['keepsEmail', 'blanksEmail', 'blanksAll'] as const)(
    '[M2, M3] An owner loses a former address permanently to an active person whom only a live lookup saw, if that deactivation %s',
    async (how) => {
      await refresh();
      const heir = addActiveOwner(state(), PORTAL, { email: LENA });
      service().clock.advance(3_600_001);
      expect((await ask()).written).toBe(heir.id);
      deactivateOwner(state(), PORTAL, heir.id, how);
      service().clock.advance(2 * DAY_MS);
      expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE', written: '' });
      await refresh();
      expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE', written: '' });
      await refresh();
      expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
      expect((await ask('lena@newco.example')).written).toBe(lena.id);
    },
  );

  it('[M2, M4] A former address leads to the person who has it again, also if the filter of HubSpot does not find them', async () => {
    await refresh();
    const heir = addActiveOwner(state(), PORTAL, { email: LENA });
    service().clock.advance(3_600_001);
    expect((await ask()).written).toBe(heir.id);
    renameOwner(state(), PORTAL, heir.id, 'heir@example.com');
    renameOwner(state(), PORTAL, lena.id, 'Lena@Example.com');
    service().simulator.settings.emailFilter = 'exact';
    service().clock.advance(2 * DAY_MS);
    expect(await ask()).toMatchObject({ matchedBy: 'EMAIL', resolvedFrom: 'LIVE', written: lena.id });
  });

  it('[M2] A former address leads to the person who had it while HubSpot is away, for as long as any owner is believed', async () => {
    await refresh();
    service().clock.advance(25 * 3_600_000);
    const { simulator } = service();
    simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
    const { outputs } = await enroll(await service().restart(), { email: LENA, action: 'find' });
    expect(outputs).toMatchObject({ outcome: 'FOUND', matchedBy: 'FORMER_EMAIL', ownerId: lena.id });
  });

  it('[M2] A former address is not forgotten because of a row that was learned between two refreshes, however old', async () => {
    service().clock.advance(2 * DAY_MS);
    expect((await ask()).written).toBe(lena.id);
    const [row] = (await readAllItems(service().table)).filter(({ pk }) => pk?.S?.endsWith(`#email#${LENA}`));
    expect(row).not.toHaveProperty('expiresAtEpochSeconds');
    expect(row).not.toHaveProperty('fence');
  });

  it('[M2] A former address is not forgotten when the cache could not be read for a moment', async () => {
    await refresh();
    service().clock.advance(2 * DAY_MS);
    const container = await service().restart();
    const { client } = container.table;
    const real = client.send.bind(client);
    const send = jest.spyOn(client, 'send').mockImplementation((async (command: GetItemCommand) => {
      if (command.input.Key?.pk?.S?.endsWith(`#email#${LENA}`)) throw new Error('away');
      return real(command);
    }) as never);
    const answer = await enroll(container, { email: LENA, action: 'find' });
    expect(answer.status).toBe(503);
    send.mockRestore();
    expect((await ask()).written).toBe(lena.id);
  });
});

it('[M2] A former address stays with whoever had it last when an earlier holder is back, live and in the cache', async () => {
  await refresh();
  deactivateOwner(state(), PORTAL, lena.id, 'keepsEmail');
  const heir = addActiveOwner(state(), PORTAL, { email: LENA });
  await refresh();
  renameOwner(state(), PORTAL, heir.id, 'heir@example.com');
  await refresh();
  Object.assign(lena, { archived: false, email: 'lena.ott@example.com' });
  service().clock.advance(2 * DAY_MS);
  expect(await ask()).toMatchObject({ matchedBy: 'FORMER_EMAIL', resolvedFrom: 'LIVE', written: heir.id });
  await refresh();
  expect(await ask()).toMatchObject({ matchedBy: 'FORMER_EMAIL', resolvedFrom: 'CACHE', written: heir.id });
});

it('[M3] An archived owner with a sandbox suffix is a leaver in the cache and live, at any time', async () => {
  deactivateOwner(state(), PORTAL, lena.id, 'suffixesEmail');
  await refresh();
  for (const seconds of [0, 31, 40, 71]) {
    service().clock.advance(seconds * 1_000);
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', written: '' });
  }
});

it('[M3] An active person with a sandbox suffix wins over a leaver without one, in the cache and live', async () => {
  const sandboxed = addActiveOwner(state(), PORTAL, { email: 'kim@example.com.invalid' });
  addArchivedOwner(state(), PORTAL, { email: 'kim@example.com' });
  expect(await ask('kim@example.com')).toMatchObject({ resolvedFrom: 'LIVE', written: sandboxed.id });
  await refresh();
  expect(await ask('kim@example.com')).toMatchObject({ resolvedFrom: 'CACHE', written: sandboxed.id });
});

describe.each(['exact', 'caseInsensitive', 'prefix', 'exactPrefix'] as const)(
  'An email filter that is %s',
  (filter) => {
    beforeEach(() => {
      service().simulator.settings.emailFilter = filter;
      addActiveOwner(state(), PORTAL, { email: 'jane@example.com.example' });
      renameOwner(state(), PORTAL, jane.id, 'Jane@Example.com');
    });

    it('[M4] A known owner whom the email filter leaves out is confirmed by ID with one call', async () => {
      await refresh();
      service().clock.advance(2 * DAY_MS);
      const calls = await service.callsOf(async () => {
        expect(await ask('jane@example.com')).toMatchObject({ resolvedFrom: 'LIVE', written: jane.id });
      });
      expect(calls).toEqual(['GET owner', 'PATCH object']);
    });

    it('[M4] An unknown owner is found in the spelling that the workflow gave', async () => {
      expect(await ask('Jane <Jane@Example.com>')).toMatchObject({ resolvedFrom: 'LIVE', written: jane.id });
    });

    it('[M4, O6] An owner who was created again is found in the spelling that the workflow gave, after HubSpot refused the old one', async () => {
      await refresh();
      getPortal(state(), PORTAL).owners.delete(jane.id);
      const again = addActiveOwner(state(), PORTAL, { email: 'Jane@Example.com' });
      expect(await ask('Jane@Example.com')).toMatchObject({ outcome: 'ASSIGNED', written: again.id });
    });

    it.each([
      ['zoe@xn--bcher-kva.example', 'zoe@bücher.example'],
      ['zoe@bücher.example', 'zoe@xn--bcher-kva.example'],
    ])('[T5, M4] The owner %s is found by %s, live and from the cache', async (held, asked) => {
      const zoe = addActiveOwner(state(), PORTAL, { email: held });
      expect(await ask(asked)).toMatchObject({
        resolvedFrom: 'LIVE',
        written: zoe.id,
        ownerEmail: 'zoe@bücher.example',
      });
      await refresh();
      expect(await ask(asked)).toMatchObject({ resolvedFrom: 'CACHE', written: zoe.id });
    });
  },
);

describe('Values that are no email', () => {
  it.each([
    ['jane@example.com; bob@example.com', 'it holds more than one address'],
    ['jane doe@example.com', 'it does not have the form of an address'],
    ['ja\u200bne@example.com', 'it contains a hidden character'],
    ['77', 'it is a number'],
  ])('[T6, T7] The invalid email %j is refused with what is wrong with it: %j', async (value, words) => {
    const { errorCode, errorMessage } = await ask(value);
    expect(errorCode).toBe('EMAIL_INVALID');
    expect(errorMessage).toContain(words);
  });

  it.each([
    'jane@example.com;',
    'Jane Doe <jane@example.com>;',
    '"jane@example.com" <jane@example.com>',
    'jane@example.com\ufe0f',
    'jane@example.com\u0000',
  ])('[T6, T7] The email %j is accepted although it looks odd', async (value) => {
    expect((await ask(value)).written).toBe(jane.id);
  });
});

describe("Unexpected rows in HubSpot's listing", () => {
  const agent = () => {
    const bot = addActiveOwner(state(), PORTAL, { email: 'bot@example.com' });
    spoilOwnerRow(state(), PORTAL, bot.id, { type: 'AGENT' });
    return bot;
  };

  it('[T1] An unexpected row is left out and counted, and everybody else is refreshed', async () => {
    agent();
    expect(await refresh()).toMatchObject({ active: 2, oddRows: 1 });
    expect(service().telemetry.counted).toContainEqual({
      name: 'HubSpotRowsSkipped',
      dimensions: { list: 'owners' },
    });
    expect(await ask()).toMatchObject({ resolvedFrom: 'CACHE', written: lena.id });
    expect((await ask('bot@example.com')).errorCode).toBe('OWNER_NOT_FOUND');
  });

  it.each([
    ['of another type', { type: 'AGENT' }],
    ['without a type', { type: null }],
    ['with an object for an email', { email: {} }],
  ])('[T1] An unexpected row leaves its known owner unchanged: %s', async (_how, change) => {
    await refresh();
    spoilOwnerRow(state(), PORTAL, lena.id, change);
    expect(await refresh()).toMatchObject({ active: 1, oddRows: 1, removed: [], deactivated: [], writes: 1 });
    expect(await ask()).toMatchObject({ resolvedFrom: 'CACHE', written: lena.id });
  });

  it.each([
    ['that cannot be read', { email: {} }],
    ['of another type', { type: 'FORMER' }],
    ['that does not say whose it is', { id: null }],
    ['that is null', null],
  ])('[T1] A leaver is never assigned because of an archived row %s', async (how, change) => {
    await refresh();
    // A row that names nobody is no reason to take somebody for active whom another row names.
    if (how === 'of another type') spoilOwnerRow(state(), PORTAL, addActiveOwner(state(), PORTAL).id, null);
    deactivateOwner(state(), PORTAL, lena.id);
    spoilOwnerRow(state(), PORTAL, lena.id, change);
    for (const night of [1, 2]) {
      expect(await refresh()).toMatchObject({ active: 1, removed: [], deactivated: night === 1 ? [lena.id] : [] });
      expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE', written: '' });
    }
  });

  it.each([
    ['of another type', { type: 'FORMER' }],
    ['without a type', { type: null }],
    ['with an object for an email', { email: {} }],
  ])(
    '[T1, M3] A live lookup takes an archived row %s for a leaver, and their successor stands in',
    async (_how, change) => {
      await refresh();
      await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: LENA, successor: jane.id });
      for (const then of ['left', 'has an unexpected row since']) {
        deactivateOwner(state(), PORTAL, lena.id);
        if (then !== 'left') spoilOwnerRow(state(), PORTAL, lena.id, change);
        service().clock.advance(2 * DAY_MS);
        expect(await ask()).toMatchObject({ resolvedFrom: 'LIVE', substitutedFor: lena.id, written: jane.id });
      }
      const { id: objectId } = addRecord(state(), PORTAL, { typeId: '0-1', properties: { hubspot_owner_id: lena.id } });
      const inputFields = { ownerEmail: 'jane@example.com', overwrite: 'IF_OWNER_INACTIVE' };
      const { outputs } = await enroll(await service().restart(), { objectId, inputFields });
      expect(outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, previousOwnerId: lena.id });
    },
  );

  it('[T1, M3] A person who was active when last known is a leaver by an unexpected archived row', async () => {
    await refresh();
    deactivateOwner(state(), PORTAL, lena.id);
    spoilOwnerRow(state(), PORTAL, lena.id, { type: null });
    service().clock.advance(2 * DAY_MS);
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE', written: '' });
    await refresh();
    expect(await ask()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE', written: '' });
  });

  it('[T1] An unexpected row in a live lookup is no leaver: the execution is retried, and the cached row stays', async () => {
    await refresh();
    spoilOwnerRow(state(), PORTAL, lena.id, { type: 'AGENT' });
    service().clock.advance(2 * DAY_MS);
    const answer = await enroll(await service().restart(), { email: LENA });
    expect(answer).toMatchObject({ status: 503, body: { code: 'HUBSPOT_CONTRACT_BROKEN' } });
    await refresh();
    expect(await ask()).toMatchObject({ resolvedFrom: 'CACHE', written: lena.id });
  });

  it('[T1] An owner of an unknown type counts as active nowhere and as inactive nowhere: a record keeps them', async () => {
    const bot = agent();
    const set = async (inputs: Readonly<Record<string, string>>, held = '') => {
      const { id: objectId } = addRecord(state(), PORTAL, { typeId: '0-1', properties: { hubspot_owner_id: held } });
      const { outputs, ownerId } = await enroll(service(), { objectId, inputFields: { ownerEmail: LENA, ...inputs } });
      return { ...outputs, written: ownerId() };
    };
    const fallback = { ownerEmail: 'nobody@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: bot.id };
    for (const _turn of ['asked first', 'asked again']) {
      expect(await set({ overwrite: 'IF_OWNER_INACTIVE' }, bot.id)).toMatchObject({
        outcome: 'KEPT_EXISTING',
        written: bot.id,
      });
      expect(await set(fallback)).toMatchObject({ errorCode: 'FALLBACK_OWNER_INVALID', written: '' });
    }
  });

  it('[T1] An unexpected row removes nobody, even when it does not say whose it is', async () => {
    await refresh();
    deactivateOwner(state(), PORTAL, lena.id, 'vanishes');
    const nobody = addActiveOwner(state(), PORTAL);
    spoilOwnerRow(state(), PORTAL, nobody.id, null);
    expect(await refresh()).toMatchObject({ removed: [], oddRows: 1 });
    getPortal(state(), PORTAL).owners.delete(nobody.id);
    expect(await refresh()).toMatchObject({ removed: [lena.id], oddRows: 0 });
  });

  it('[T1] An owner of an unknown type whose ID is no number keeps nobody active who left', async () => {
    await refresh();
    for (const archived of [false, true, true]) {
      const bot = (archived ? addArchivedOwner : addActiveOwner)(state(), PORTAL, { email: 'bot@example.com' });
      spoilOwnerRow(state(), PORTAL, bot.id, { id: `agent-${bot.id}`, type: 'AGENT' });
    }
    deactivateOwner(state(), PORTAL, lena.id, 'vanishes');
    expect(await refresh()).toMatchObject({ removed: [lena.id], oddRows: 3 });
    const { outputs } = await enroll(await service().restart(), { email: LENA, action: 'find' });
    expect(outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'CACHE' });
  });

  it.each([1, 2])('[T1] Owners of an unknown type may be the only archived ones, %i of them', async (count) => {
    for (let n = 0; n < count; n += 1) {
      const left = addArchivedOwner(state(), PORTAL, { email: `left-${n}@example.com` });
      spoilOwnerRow(state(), PORTAL, left.id, { type: 'AGENT' });
    }
    expect(await refresh()).toMatchObject({ active: 2, archived: 0, oddRows: count });
  });

  it('[T1] Two archived rows of an unknown shape make a listing unusable when no other archived row can be read', async () => {
    for (const name of ['one', 'two']) {
      const { id } = addArchivedOwner(state(), PORTAL, { email: `${name}@example.com` });
      spoilOwnerRow(state(), PORTAL, id, { archived: 'yes' });
    }
    await expect(refresh()).rejects.toThrow('odd_rows');
  });

  it('[T1] An unexpected row makes a listing unusable when no other row can be read', async () => {
    for (const { id } of [jane, lena]) spoilOwnerRow(state(), PORTAL, id, { archived: 'no' });
    await expect(refresh()).rejects.toThrow('odd_rows');
  });

  it('[T1] An owner whose row is larger than an item of the table is refreshed, and so is everybody else', async () => {
    await refresh();
    const teams = Array.from({ length: 3_000 }, (_, n) => ({ id: n, name: 'Team '.repeat(40), primary: n === 2_999 }));
    spoilOwnerRow(state(), PORTAL, jane.id, { firstName: 'x'.repeat(450_000), teams });
    expect(await refresh()).toMatchObject({ active: 2, oddRows: 0, teamChanged: [jane.id] });
    expect(await ask('jane@example.com')).toMatchObject({ resolvedFrom: 'CACHE', primaryTeamId: '2999' });
    expect(await refresh()).toMatchObject({ writes: 1 });
  });

  it('[M5] An owner is read whatever their teams are', async () => {
    const teams = [null, 7, { id: 2, name: null, primary: true }, { id: '10', primary: true }];
    spoilOwnerRow(state(), PORTAL, jane.id, { teams });
    expect(await refresh()).toMatchObject({ active: 2, oddRows: 0 });
    expect((await ask('jane@example.com')).written).toBe(jane.id);
  });
});

it('[T5] Rows with a key that an earlier version normalized differently are rewritten by the next refresh', async () => {
  const zoe = addActiveOwner(state(), PORTAL, { email: 'zoe@bücher.example' });
  await refresh();
  // As the version before wrote it: the address in punycode, in the listing and in its row.
  const { client, tableName: TableName } = service().table;
  const key = { pk: { S: `portal#${PORTAL}#listing` }, sk: { S: zoe.id } };
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: key,
      UpdateExpression: 'SET #owner.email = :email',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':email': { S: 'zoe@xn--bcher-kva.example' } },
    }),
  );
  expect(parseOwnerEmail('zoe@xn--bcher-kva.example')).toBe('zoe@bücher.example');
  expect((await refresh()).writes).toBeGreaterThan(1);
  expect((await refresh()).writes).toBe(1);
});

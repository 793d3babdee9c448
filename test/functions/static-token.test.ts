import { createHandler as createForgetHandler } from '../../functions/forget-portal.ts';
import { createHandler as createOptionsHandler } from '../../functions/list-owner-properties.ts';
import { OWNER_PROPERTIES_ROUTE } from '../../lib/action/definition.ts';
import { SecretsUnavailableError } from '../../lib/domain/errors.ts';
import { createOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { toPortalId } from '../builders/ids.ts';
import { ASSIGNED, COME_BACK, CONTRACT_BROKEN, enroll, seedCachedOwner, told } from '../support/enrollment.ts';
import { makeContext, makeEvent } from '../support/http-events.ts';
import { newChangeId, openPage } from '../support/page-site.ts';
import { makePatience } from '../support/patience.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const MISCONFIGURED = { status: 503, body: { status: 'error', code: 'CONFIG_INVALID' } };
const proofs = () => service().simulator.calls.count({ route: 'GET account details' });
const writes = () => service().simulator.calls.count({ route: 'PATCH object' });
const scriptProof = (fault: object) =>
  service().simulator.faults.script({ route: 'GET account details', fault: fault as never });

/** The operator stored the token of another account. */
function swapTokens(): void {
  const { state } = service().simulator;
  for (const portal of [PORTAL, OTHER_PORTAL]) revokeToken(state, portal, tokenOf(portal));
  addToken(state, OTHER_PORTAL, tokenOf(PORTAL));
}

it('[M9] A static token is confirmed once for each container, by the first of simultaneous calls', async () => {
  await seedCachedOwner(service());
  const before = proofs();
  service().clock.advance(1_000);
  const answers = await Promise.all(Array.from({ length: 3 }, () => enroll(service())));
  for (const answer of answers) expect(answer).toMatchObject(ASSIGNED);
  expect(proofs() - before).toBe(1);
  service().clock.advance(24 * 3_600_000);
  expect(await enroll(service())).toMatchObject(ASSIGNED);
  expect(proofs() - before).toBe(1);
  expect(await enroll(await service().restart())).toMatchObject(ASSIGNED);
  expect(proofs() - before).toBe(2);
});

it('[M9] A static token of another account is a configuration error: 503, counted, and nothing is written anywhere', async () => {
  await seedCachedOwner(service());
  swapTokens();
  const container = await service().restart();
  for (let count = 1; count <= 3; count += 1) {
    const answer = await enroll(container);
    expect(answer).toMatchObject(MISCONFIGURED);
    expect(answer.ownerId()).toBe('');
    expect(JSON.stringify(answer.body)).not.toContain(String(OTHER_PORTAL));
    expect(container.telemetry.counted.filter(({ name }) => name === 'ConfigInvalid')).toHaveLength(count);
  }
  expect([proofs(), writes()]).toEqual([2, 0]);
});

it('[M9] A static token of another account stays refused in that container, whatever is corrected in HubSpot', async () => {
  await seedCachedOwner(service());
  swapTokens();
  const container = await service().restart();
  expect(await enroll(container)).toMatchObject(MISCONFIGURED);
  const { state } = service().simulator;
  revokeToken(state, OTHER_PORTAL, tokenOf(PORTAL));
  addToken(state, PORTAL, tokenOf(PORTAL));
  expect(await enroll(container)).toMatchObject(MISCONFIGURED);
  expect(await enroll(await service().restart())).toMatchObject(ASSIGNED);
});

it.each([
  ['a number', PORTAL],
  ['text', String(PORTAL)],
])('[M9] A static token is accepted when HubSpot returns its account as %s', async (_as, portalId) => {
  addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
  scriptProof({ kind: 'json', body: { portalId } });
  expect(await enroll(service())).toMatchObject(ASSIGNED);
});

it.each([
  [null],
  [[]],
  [{}],
  [{ portalId: null }],
  [{ portalId: 'none' }],
  [{ portalId: 0 }],
  [{ portalId: { id: PORTAL } }],
])('[M9] A static token is not accepted when HubSpot answers %j, and is checked again', async (body) => {
  await seedCachedOwner(service());
  scriptProof({ kind: 'json', body });
  expect(await enroll(service())).toMatchObject(CONTRACT_BROKEN);
  expect(writes()).toBe(0);
  expect(await enroll(service())).toMatchObject(ASSIGNED);
});

it('[M9] A static token is checked again with the next call while HubSpot is away', async () => {
  await seedCachedOwner(service());
  service().simulator.faults.script({
    route: 'GET account details',
    times: 3,
    fault: { kind: 'status', status: 503 },
  });
  expect(await enroll(service())).toMatchObject(COME_BACK);
  expect(writes()).toBe(0);
  expect(await enroll(service())).toMatchObject(ASSIGNED);
});

describe('A static token that HubSpot rejects', () => {
  const body = { status: 'error', category: 'INVALID_AUTHENTICATION', correlationId: 'any' };
  const reject = (route: 'GET account details' | 'PATCH object', times: number) =>
    service().simulator.faults.script({ route, times, fault: { kind: 'status', status: 401, body } });

  it.each(['GET account details', 'PATCH object'] as const)(
    '[H5] An execution survives a single rejection of its static token, of %s',
    async (route) => {
      await seedCachedOwner(service());
      reject(route, 1);
      expect(await enroll(await service().restart())).toMatchObject(ASSIGNED);
    },
  );

  it('[H5] An execution fails when its static token is rejected twice, after one write', async () => {
    await seedCachedOwner(service());
    reject('PATCH object', 2);
    expect(await enroll(service())).toMatchObject(told('PORTAL_NOT_CONNECTED'));
    expect(writes()).toBe(2);
  });
});

it('[X15] Forgetting an account deletes also the tokens of a time when accounts installed the app', async () => {
  const portals = createPortals(service().table, service().clock.now);
  const tokens = { ciphertext: 'sealed', issuedAtEpochMs: 1, expiresAtEpochMs: 2 };
  for (const id of [PORTAL, OTHER_PORTAL]) await portals.connect(toPortalId(id), { scopes: [], tokens }, 1);
  const forget = createForgetHandler(service().telemetry, async () => service().operators);
  expect(await forget({ portalId: PORTAL }, makeContext(60_000))).toMatchObject({ status: 'forgotten' });
  const keys = (await readAllItems(service().table)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`);
  expect(keys.sort()).toEqual([`portal#${OTHER_PORTAL}#portal portal`, `portals ${OTHER_PORTAL}`]);
});

describe('A static token that was replaced where it is stored', () => {
  let stored: { token: string; reads: number; isAway: boolean };
  const rotated = useService({
    config: {
      readStaticToken: async () => {
        stored.reads += 1;
        if (stored.isAway) throw new SecretsUnavailableError('SSM is away');
        return stored.token;
      },
    },
  });
  /** Another token in HubSpot, which rejects the one before. */
  const rotate = (token: string, portalId = PORTAL) => {
    const { state } = rotated().simulator;
    revokeToken(state, PORTAL, tokenOf(PORTAL));
    addToken(state, portalId, token);
  };

  beforeEach(async () => {
    stored = { token: tokenOf(PORTAL), reads: 0, isAway: false };
    await seedCachedOwner(rotated());
    expect(await enroll(rotated())).toMatchObject(ASSIGNED);
    expect(stored.reads).toBe(0);
  });

  it('[M9, M12] A new static token is used by the call that was sent with the old one, after it is confirmed', async () => {
    rotate('pat-test-new');
    stored.token = 'pat-test-new';
    const mark = rotated().simulator.calls.mark();
    expect(await enroll(rotated())).toMatchObject(ASSIGNED);
    const calls = rotated().simulator.calls.since(mark);
    expect(calls.map(({ route, status }) => `${route} ${status}`)).toEqual([
      'PATCH object 401',
      'GET account details 200',
      'GET account details 200',
      'PATCH object 200',
    ]);
    expect(await enroll(rotated())).toMatchObject(ASSIGNED);
    expect(stored.reads).toBe(1);
  });

  it('[M10] A new static token with more permissions counts for the very call that was refused', async () => {
    const { state } = rotated().simulator;
    revokeToken(state, PORTAL, tokenOf(PORTAL));
    addToken(state, PORTAL, tokenOf(PORTAL), ['oauth', 'crm.objects.owners.read']);
    expect(await enroll(rotated())).toMatchObject(told('MISSING_SCOPES'));
    addToken(state, PORTAL, 'pat-test-new');
    stored.token = 'pat-test-new';
    rotated().clock.advance(5_000);
    expect(await enroll(rotated())).toMatchObject(ASSIGNED);
  });

  it('[M9] A new static token of another account writes nothing, and is a configuration error', async () => {
    rotate('pat-test-new', OTHER_PORTAL);
    stored.token = 'pat-test-new';
    const answer = await enroll(rotated());
    expect(answer).toMatchObject(MISCONFIGURED);
    expect(answer.ownerId()).toBe('');
  });

  it('A static token that is rejected is not given up while nobody can say whether it was replaced', async () => {
    rotate('pat-test-new');
    stored.isAway = true;
    expect(await enroll(rotated())).toMatchObject({ status: 503, body: { code: 'SECRETS_UNAVAILABLE' } });
    stored = { ...stored, isAway: false, token: 'pat-test-new' };
    expect(await enroll(rotated())).toMatchObject(ASSIGNED);
  });

  it('A static token that stays rejected is read again every five seconds at most', async () => {
    rotate('pat-test-new');
    for (const reads of [1, 1, 2]) {
      expect(await enroll(rotated())).toMatchObject(told('PORTAL_NOT_CONNECTED'));
      expect(stored.reads).toBe(reads);
      rotated().clock.advance(2_500);
    }
  });

  it.each([
    ['that HubSpot rejects, too', 'pat-test-typo', told('PORTAL_NOT_CONNECTED')],
    ['of another account', 'pat-test-other', MISCONFIGURED],
  ])('A stored static token %s is read again every five seconds at most', async (_which, token, answer) => {
    rotate('pat-test-other', OTHER_PORTAL);
    stored.token = token;
    for (const reads of [1, 1, 2]) {
      expect(await enroll(rotated())).toMatchObject(answer);
      expect(stored.reads).toBe(reads);
      rotated().clock.advance(2_500);
    }
  });
});

it('[M9] A static token without the scope for the check is reported with that scope, and nothing is written', async () => {
  await seedCachedOwner(service());
  const { state } = service().simulator;
  revokeToken(state, PORTAL, tokenOf(PORTAL));
  addToken(
    state,
    PORTAL,
    tokenOf(PORTAL),
    ALL_SCOPES.filter((scope) => scope !== 'oauth'),
  );
  const answer = await enroll(service());
  expect(answer).toMatchObject(told('MISSING_SCOPES'));
  expect(answer.outputs.errorMessage).toContain('oauth');
  expect(writes()).toBe(0);
});

it('[M9] A static token without the scope for the check is reported with that scope even if HubSpot does not name it', async () => {
  scriptProof({ kind: 'status', status: 403, body: { status: 'error', category: 'MISSING_SCOPES' } });
  const answer = await enroll(service());
  expect(answer).toMatchObject(told('MISSING_SCOPES'));
  expect(answer.outputs.errorMessage).toContain('oauth');
});

it('[M9] A static token of another account is a configuration error on the settings page, too, whatever is asked of it', async () => {
  const people = openPage(service());
  swapTokens();
  const container = await service().restart();
  const page = openPage(container, people);
  const changeId = newChangeId();
  const requests = [
    { path: '/portal/overview' },
    { path: '/portal/lookup', method: 'PUT', body: { email: 'jane@example.com' } },
    { path: '/portal/aliases', method: 'PUT', body: { changeId, alias: 'j.doe@example.com', to: '1' } },
    { path: '/portal/refresh', method: 'PUT', body: { changeId } },
  ];
  for (const request of requests) {
    expect([request.path, await page.fetch(request)]).toMatchObject([
      request.path,
      { status: 503, body: { error: { code: 'CONFIG_INVALID' } } },
    ]);
  }
  expect(container.telemetry.counted.filter(({ name }) => name === 'ConfigInvalid')).toHaveLength(requests.length);
  expect(page.queued).toEqual([]);
});

it('[M9] A static token of another account is a configuration error in the workflow editor, too', async () => {
  swapTokens();
  const container = await service().restart();
  const { config, clock, table, telemetry } = container;
  const { sleep } = makePatience(clock);
  const world = { now: clock.now, sleep, random: () => 0, newId: () => 'id', table: table.client, fetch };
  const runtime = createOptionsRuntime(config, telemetry, world);
  const body = JSON.stringify({ origin: { portalId: PORTAL }, objectTypeId: '0-1' });
  const event = makeEvent({ route: OWNER_PROPERTIES_ROUTE, body, nowEpochMs: clock.now() });
  const { statusCode } = await createOptionsHandler(telemetry, async () => runtime)(event, makeContext());
  expect([statusCode, telemetry.counted.filter(({ name }) => name === 'ConfigInvalid').length]).toEqual([503, 1]);
});

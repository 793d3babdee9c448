import { MAX_EMAILS } from '../../lib/use-cases/operator/resolve-owners.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  addOwnersSharingEmail,
  addQueueOwner,
} from '../../local/simulator/seed-owners.ts';
import { revokeToken } from '../../local/simulator/seed-portals.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { enroll } from '../support/enrollment.ts';
import { grantAllBut } from '../support/grant-scopes.ts';
import { invokeResolveOwners } from '../support/invoke-operators.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const state = () => service().simulator.state;
const resolve = (emails: readonly string[], rest: object = {}) =>
  invokeResolveOwners(service(), { portalId: PORTAL, emails, ...rest });
const AWAY = { kind: 'status', status: 503 } as const;

let jane: SimulatedOwner;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
});

it('Every email gets the answer of the action, in the given order', async () => {
  const left = addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
  addArchivedOwner(state(), PORTAL, { email: 'rita@example.com' });
  addQueueOwner(state(), PORTAL, { email: 'desk@example.com' });
  addOwnersSharingEmail(state(), PORTAL, 'kim@example.com', 2);
  await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: left.id, successor: jane.id });
  await refreshPortal(service());
  const emails = [
    'rita@example.com',
    'Jane Doe <JANE@example.com>',
    'lena@example.com',
    'desk@example.com',
    'kim@example.com',
    'nobody@example.com',
    'a@example.com, b@example.com',
    '',
    jane.id,
  ];

  const { portalId, results } = await resolve(emails);

  expect(portalId).toBe(String(PORTAL));
  expect(results.map(({ asked }) => asked)).toEqual(emails);
  expect(results.map(({ errorCode }) => errorCode)).toEqual([
    'OWNER_DEACTIVATED',
    '',
    '',
    'OWNER_IS_QUEUE',
    'OWNER_AMBIGUOUS',
    'OWNER_NOT_FOUND',
    'EMAIL_INVALID',
    'EMAIL_MISSING',
    'VALUE_IS_OWNER_ID',
  ]);
  for (const { asked, retry, ...told } of results) {
    const { outputs } = await enroll(service(), { action: 'find', email: asked });
    const { hs_execution_state: _workflowOnly, ...expected } = outputs;
    expect({ ...told, resolvedFrom: '' }).toEqual({ ...expected, resolvedFrom: '' });
    expect(retry).toBe(false);
  }
  expect(results[2]).toMatchObject({ outcome: 'FOUND', ownerId: jane.id, substitutedFor: left.id });
});

it('Resolving a hundred emails that a refresh knows takes no HubSpot call', async () => {
  const emails = Array.from({ length: MAX_EMAILS }, (_, n) => `p${n}@example.com`);
  const ids = emails.map((email) => addActiveOwner(state(), PORTAL, { email }).id);
  await refreshPortal(service());
  let results: Awaited<ReturnType<typeof resolve>>['results'] = [];
  const calls = await service.callsOf(async () => {
    results = (await resolve(emails)).results;
  });
  expect(results.map((result) => 'ownerId' in result && result.ownerId)).toEqual(ids);
  expect(calls).toEqual([]);
});

it('An email that is given twice is looked up once', async () => {
  const calls = await service.callsOf(() => resolve(['jane@example.com', 'jane@example.com']));
  expect(calls).toEqual(['GET owners']);
});

it('Resolving emails adds nothing to the report of unresolved emails', async () => {
  await resolve(['nobody@example.com']);
  const items = await readAllItems(service().table);
  expect(items.filter((item) => item.pk?.S?.includes('unresolved'))).toEqual([]);
});

describe('Temporary errors', () => {
  it('An email with a temporary error is marked and answered the next time, and the others are answered at once', async () => {
    await refreshPortal(service());
    service().simulator.faults.script({ route: 'GET owners', times: 3, fault: AWAY });
    const asked = await resolve(['jane@example.com', 'new@example.com']);
    expect(asked.results).toEqual([
      expect.objectContaining({ asked: 'jane@example.com', retry: false, ownerId: jane.id }),
      { asked: 'new@example.com', retry: true, errorCode: 'HUBSPOT_UNAVAILABLE' },
    ]);
    const hired = addActiveOwner(state(), PORTAL, { email: 'new@example.com' });
    const again = await resolve(['new@example.com']);
    expect(again.results).toMatchObject([{ retry: false, ownerId: hired.id, resolvedFrom: 'LIVE' }]);
  });

  it('[H11] After HubSpot reports an exhausted limit, the remaining emails are not requested', async () => {
    const spent = { kind: 'status', status: 429, body: { policyName: 'TEN_SECONDLY_ROLLING' } } as const;
    service().simulator.faults.script({ route: 'GET owners', times: 5, fault: spent });
    const emails = Array.from({ length: MAX_EMAILS }, (_, n) => `p${n}@example.com`);
    let results: Awaited<ReturnType<typeof resolve>>['results'] = [];
    const calls = await service.callsOf(async () => {
      results = (await resolve(emails)).results;
    });
    service().simulator.faults.clear();
    // Those that were on their way already get the same answer; nobody sets out after it.
    expect(calls.length).toBeLessThanOrEqual(5);
    expect(results).toEqual(emails.map((asked) => ({ asked, retry: true, errorCode: 'RATE_LIMITED' })));
  });

  it('Emails for which there was no time are marked as temporary errors', async () => {
    const { results } = await invokeResolveOwners(service(), { portalId: PORTAL, emails: ['jane@example.com'] }, 400);
    expect(results).toEqual([{ asked: 'jane@example.com', retry: true, errorCode: 'HUBSPOT_UNAVAILABLE' }]);
  });

  it.each([
    ['MISSING_SCOPES', () => grantAllBut(service(), 'crm.objects.owners.read')],
    ['PORTAL_NOT_CONNECTED', () => revokeToken(state(), PORTAL, tokenOf(PORTAL))],
  ])(
    'The permanent error %s is not marked as temporary, because somebody must fix it first',
    async (errorCode, breakIt) => {
      breakIt();
      expect((await resolve(['jane@example.com'])).results).toMatchObject([
        { retry: false, outcome: 'FAILED', errorCode },
      ]);
    },
  );
});

it('Accounts are separate, and an account that is not connected gets the answer of the action', async () => {
  const there = addActiveOwner(state(), OTHER_PORTAL, { email: 'jane@example.com' });
  const [here] = (await resolve(['jane@example.com'])).results;
  const [other] = (await resolve(['jane@example.com'], { portalId: OTHER_PORTAL })).results;
  expect([here, other]).toMatchObject([{ ownerId: jane.id }, { ownerId: there.id }]);
  const unknown = await resolve(['jane@example.com', 'omar@example.com'], { portalId: 8_299_999 });
  expect(unknown.results).toMatchObject([
    { asked: 'jane@example.com', retry: false, outcome: 'FAILED', errorCode: 'PORTAL_NOT_CONNECTED' },
    { asked: 'omar@example.com', errorCode: 'PORTAL_NOT_CONNECTED' },
  ]);
});

describe('Unreadable requests', () => {
  const emails = ['jane@example.com'];
  it.each<[string, unknown, string]>([
    ['no portal', { emails }, 'portalId: must be a portal ID'],
    ['no emails', { portalId: PORTAL }, 'emails: must be 1 to 100 strings'],
    ['none', { portalId: PORTAL, emails: [] }, 'emails: must be 1 to 100 strings'],
    ['a hundred and one', { portalId: PORTAL, emails: Array(MAX_EMAILS + 1).fill('a@example.com') }, 'emails: must be'],
    ['one that is no text', { portalId: PORTAL, emails: [7] }, 'emails: 0: must be a string'],
    [
      'a page of text',
      { portalId: PORTAL, emails: ['x'.repeat(1_025)] },
      'emails: 0: must be at most 1,024 characters',
    ],
    [
      'another field',
      { portalId: PORTAL, emails, email: 'x' },
      'email: unknown; the event may hold portalId and emails only',
    ],
    ['nothing', null, 'the event may hold'],
  ])('A request with %s is an error that says so', async (_what, data, problem) => {
    const error = await invokeResolveOwners(service(), data).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty('message', expect.stringContaining(problem));
    expect(error).not.toHaveProperty('message', expect.stringContaining('@'));
  });
});

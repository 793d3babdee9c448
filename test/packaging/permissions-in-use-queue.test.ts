import { randomBytes } from 'node:crypto';
import type { OAuthConfig } from '../../lib/config/connection.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { BLOCK_MS } from '../../lib/domain/execution.ts';
import { encryptGrant } from '../../lib/domain/portal.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { addApp, installApp } from '../../local/simulator/seed-apps.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FloodService, startFloodService } from '../support/flood-service.ts';
import { MAX_RECEIVES } from '../support/scripted-queue.ts';
import { PORTAL } from '../support/service.ts';
import { createRoleGuard, type RoleGuard } from './role-guard.ts';

const SCOPES = [
  'oauth',
  'automation',
  'crm.objects.owners.read',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
];
const key = randomBytes(32).toString('base64');
const oauth: OAuthConfig = {
  clientId: 'client-1',
  clientSecret: 'secret-test-client',
  redirectUri: 'https://owner.example.com/oauth/callback',
  appBaseUrl: 'https://app.example.com',
  tokenKey: { kind: 'local', key },
};
const HOUR_MS = 3_600_000;
const WRITE = 'worker POST /crm/objects/2026-09/0-1/batch/update';
const TELL = 'worker POST /automation/actions/callbacks/';

let flood: FloodService;
let guard: RoleGuard;
let killed: string | undefined;

beforeEach(async () => {
  guard = createRoleGuard();
  killed = undefined;
  flood = await startFloodService({
    config: { oauth, staticTokens: new Map(), queuedPortals: new Set([toPortalId(PORTAL)]) },
    fate: (step) => (killed !== undefined && step.startsWith(killed) ? 'before' : undefined),
  });
  guard.watch(flood.table);
  const { clientId, clientSecret, redirectUri } = oauth;
  const { state } = flood.simulator;
  addApp(state, { clientId, clientSecret, redirectUris: [redirectUri], requiredScopes: SCOPES });
  const tokens = installApp(state, clientId, PORTAL, SCOPES);
  const now = flood.clock.now();
  const cipher = createLocalTokenCipher({ current: key }, {});
  const sealed = await encryptGrant(cipher, toPortalId(PORTAL), { ...tokens, expiresInSeconds: 1_800 }, now);
  await createPortals(flood.table, flood.clock.now).connect(
    toPortalId(PORTAL),
    { scopes: SCOPES, tokens: sealed },
    now,
  );
  addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
});

afterEach(() => flood.close());

/** Five are enough for a note that they were completed. */
async function queueSome() {
  const executions = [
    ...Array.from({ length: 5 }, () => flood.hubspot.enroll()),
    flood.hubspot.enroll({ email: 'nobody@example.com' }),
  ];
  for (const execution of executions) await flood.deliver(execution);
  // Long enough for the token to expire.
  flood.clock.advance(HOUR_MS);
  return executions;
}

it('[C2] The role of assignOwners allows everything that it does, including requeueing what must wait', async () => {
  const executions = await queueSome();
  await flood.spendBudget(30_000);
  expect((await guard.inRoleOf('assignOwners', () => flood.work())).failedIds).toEqual([]);
  expect(flood.queue.live.messages).toHaveLength(6);
  flood.clock.advance(60_000);
  killed = TELL;
  await guard.inRoleOf('assignOwners', () => flood.work());
  flood.restart();
  killed = undefined;
  flood.clock.advance(HOUR_MS);
  expect((await guard.inRoleOf('assignOwners', () => flood.work())).failedIds).toEqual([]);
  expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual([...Array(5).fill('ASSIGNED'), 'FAILED']);
  guard.expectNoneLeft('assignOwners');
});

/** Lets the worker die at this step until its messages are in the dead-letter queue. */
async function strand(step: string): Promise<void> {
  killed = step;
  for (let receive = 0; receive <= MAX_RECEIVES; receive += 1) {
    await flood.work();
    flood.restart();
    flood.clock.advance(360_000);
  }
}

it('[C2] The role of failStranded allows everything that it does', async () => {
  const settled = await queueSome();
  await strand(TELL);
  const open = await queueSome();
  flood.clock.advance(BLOCK_MS - 4.4 * HOUR_MS);
  await strand(WRITE);
  expect(flood.queue.dead.messages.length).toBeGreaterThan(0);
  expect((await guard.inRoleOf('failStranded', () => flood.handleDeadLetters())).failedIds).toEqual([]);
  expect(settled.map(({ outputs }) => outputs?.outcome)).toEqual([...Array(5).fill('ASSIGNED'), 'FAILED']);
  expect(open.map(({ outputs }) => outputs?.outcome)).toEqual(Array(6).fill('FAILED'));
  guard.expectNoneLeft('failStranded');
});

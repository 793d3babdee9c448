import { DEFAULT_PURPOSE, OPTIONAL_SCOPES, REQUIRED_SCOPES, scopesFor } from '../../../lib/domain/scopes.ts';
import { createTransport } from '../../../lib/hubspot/transport.ts';
import { type Finding, formatFinding } from '../../../local/doctor/finding.ts';
import { checkStaticScopes } from '../../../local/doctor/static-scopes.ts';
import { addToken, revokeToken } from '../../../local/simulator/seed-portals.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { getPortal } from '../../../local/simulator/state.ts';
import { PORTAL_ID, useSimulator } from '../simulator/use-simulator.ts';

// Before the simulator is closed.
afterEach(() => expect(running().simulator.violations).toEqual([]));
const running = useSimulator();
const ALL = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];
const PROJECT = new Set(scopesFor(DEFAULT_PURPOSE));
const NARROW = 'pat-test-narrow';
/** One call a scope, and the one that asks for the list. */
const MOST_CALLS = 14;

function grant(scopes: readonly string[]): void {
  revokeToken(running().simulator.state, PORTAL_ID, NARROW);
  addToken(running().simulator.state, PORTAL_ID, NARROW, scopes);
}

/** What the doctor says of a token with every scope but these. */
async function checkWithout(
  without: readonly string[],
  project: ReadonlySet<string> | 'unknown' = PROJECT,
): Promise<readonly Finding[]> {
  grant(ALL.filter((scope) => !without.includes(scope)));
  const { url } = running().simulator;
  const required = project === 'unknown' ? undefined : project;
  return checkStaticScopes('portal 1', { transport: createTransport(), apiBaseUrl: url, token: NARROW, required });
}

const linesOf = (findings: readonly Finding[]) => findings.map(formatFinding);
const lostIn = (findings: readonly Finding[]) => linesOf(findings).filter((line) => line.includes('not granted'));

const OBJECTS_COST =
  'cannot be assigned: a step for them ends with the error code MISSING_SCOPES. Handovers leave them out.';
const AGAIN = ' Open the reinstall URL on the app’s Distribution tab in HubSpot.';

it.each([
  ['crm.objects.owners.read', '✗', 'No owner can be found: every step ends with the error code MISSING_SCOPES.'],
  ['crm.objects.contacts.read', '✗', `Contacts ${OBJECTS_COST}`],
  ['crm.objects.contacts.write', '✗', `Contacts ${OBJECTS_COST}`],
  ['crm.objects.companies.read', '✗', `Companies ${OBJECTS_COST}`],
  ['crm.objects.companies.write', '✗', `Companies ${OBJECTS_COST}`],
  ['crm.objects.deals.read', '✗', `Deals ${OBJECTS_COST}`],
  ['crm.objects.deals.write', '✗', `Deals ${OBJECTS_COST}`],
  ['tickets', '✗', `Tickets ${OBJECTS_COST}`],
  ['crm.objects.leads.read', '–', `Leads ${OBJECTS_COST}`],
  // Nobody wants leads that can be read and not assigned.
  ['crm.objects.leads.write', '✗', `Leads ${OBJECTS_COST}`],
  [
    'automation',
    '✗',
    'When very many records are enrolled at once, a step cannot wait in our queue. HubSpot retries it instead.',
  ],
  ['crm.objects.users.read', '–', 'Nobody is found by their internal user ID, and it is not known who is away.'],
])('The doctor names the scope %s when it is missing, and what that breaks (%s)', async (scope, mark, cost) => {
  const again = mark === '✗' ? AGAIN : '';
  expect(lostIn(await checkWithout([scope]))).toEqual([
    `${mark} portal 1, scopes: ${scope} not granted. ${cost}${again}`,
  ]);
});

it('The doctor names roles and seats when neither of their two scopes is granted', async () => {
  expect(lostIn(await checkWithout(['settings.users.read']))).toEqual([]);
  expect(lostIn(await checkWithout(['settings.users.read', 'crm.objects.users.read']))).toContain(
    '✗ portal 1, scopes: settings.users.read not granted. The explanation of an owner lacks their role and seat, and nobody can change anything on the settings page. Open the reinstall URL on the app’s Distribution tab in HubSpot.',
  );
});

it.each(ALL.filter((scope) => /custom|schemas/.test(scope)))(
  'The doctor says that the scope %s is not checked, because no harmless call needs it alone',
  async (scope) => {
    const untried = (findings: readonly Finding[]) =>
      linesOf(findings).find((line) => line.includes('no harmless call'));

    expect(untried(await checkWithout([scope], 'unknown'))).toMatch(new RegExp(`^– .*${scope.replaceAll('.', '\\.')}`));
    expect(untried(await checkWithout([], 'unknown'))).toContain(scope);
  },
);

it('The doctor finds nothing wrong when all scopes are granted, and claims no update that it cannot prove', async () => {
  const lines = linesOf(await checkWithout([]));

  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(lines[0]).toMatch(/^✓ portal 1, scopes: granted, as reads show: oauth crm\.objects\.owners\.read .*tickets/);
  expect(lines[0]).not.toMatch(/\.write|automation/);
  expect(lines.find((line) => line.includes('empty list'))).toMatch(
    /^– .*crm\.objects\.contacts\.write .*crm\.objects\.deals\.write automation: not checked/,
  );
});

it('The doctor does not mention unchecked scopes that the project does not ask for', async () => {
  expect(linesOf(await checkWithout([])).filter((line) => /^–.*(leads|custom)/.test(line))).toEqual([]);
});

it('The doctor calls a missing scope a choice where it does not know the project', async () => {
  expect(lostIn(await checkWithout(['tickets'], 'unknown'))).toEqual([
    expect.stringMatching(/^– .*tickets not granted/),
  ]);
});

it('The doctor makes one call for each scope, and changes nothing', async () => {
  const { state, calls } = running().simulator;
  const record = addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { email: 'jane@example.com' } });
  const before = JSON.stringify([...record.properties]);
  const mark = calls.mark();

  await checkWithout([]);

  expect(calls.since(mark).length).toBeLessThanOrEqual(MOST_CALLS);
  expect(calls.since(mark).filter(({ method, status }) => method !== 'GET' && status === 200)).toEqual([]);
  expect(JSON.stringify([...record.properties])).toBe(before);
  expect(record.updatedAtEpochMs).toBe(record.createdAtEpochMs);
});

it('The doctor does not take an update for granted when HubSpot checks the body first', async () => {
  const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'No inputs found', correlationId: 'c-1' };
  running().simulator.faults.script({
    route: 'POST objects batch update',
    times: 4,
    fault: { kind: 'status', status: 400, body },
  });

  const lines = linesOf(await checkWithout(['crm.objects.contacts.write']));

  expect(lines[0]).not.toContain('contacts.write');
  expect(lines.find((line) => line.includes('empty list'))).toMatch(/^– .*crm\.objects\.contacts\.write/);
});

it.each([
  {
    fault: { kind: 'status', status: 500, body: '<html>' },
    times: 1,
    cause: 'HubSpot answered with status 500',
    calls: 13,
  },
  {
    fault: { kind: 'status', status: 403, body: '<html>' },
    times: 1,
    cause: 'HubSpot answered with status 403',
    calls: 13,
  },
  { fault: { kind: 'status', status: 429, body: {} }, times: 1, cause: 'HubSpot answered with status 429', calls: 1 },
  { fault: { kind: 'reset' }, times: 1, cause: 'HubSpot could not be reached: connection_reset', calls: 1 },
] as const)(
  'The doctor names the scopes that it could not check, and stops where more calls are useless: $cause',
  async ({ fault, cause, calls }) => {
    const { simulator } = running();
    simulator.faults.script({ route: 'GET owners', fault });
    const mark = simulator.calls.mark();

    const lines = linesOf(await checkWithout([]));

    expect(lines.find((line) => line.includes(cause))).toMatch(
      /^– portal 1, scopes: crm\.objects\.owners\.read.*not checked/,
    );
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(simulator.calls.since(mark).filter(({ route }) => route !== 'POST private app token info')).toHaveLength(
      calls,
    );
  },
);

it('The doctor says that the person who installed the app lost their permissions, and reports no scope as missing', async () => {
  grant(ALL);
  const held = getPortal(running().simulator.state, PORTAL_ID).tokens.get(NARROW);
  if (held !== undefined) held.creatorLostPermissions = true;
  const { url } = running().simulator;

  const findings = await checkStaticScopes('portal 1', {
    transport: createTransport(),
    apiBaseUrl: url,
    token: NARROW,
    required: PROJECT,
  });

  expect(lostIn(findings)).toEqual([]);
  expect(linesOf(findings).join('\n')).toContain(
    'the person who installed the app in HubSpot has lost their permissions',
  );
});

describe('where HubSpot lists the scopes of the token', () => {
  beforeEach(() => {
    running().simulator.settings.staticTokenInfo = 'served';
  });

  it.each(ALL)(
    'The doctor names the scope %s from the token’s list when it is missing, and tries no call',
    async (scope) => {
      const mark = running().simulator.calls.mark();

      const findings = await checkWithout([scope]);

      const isLost = PROJECT.has(scope) || scope.endsWith('.write');
      expect(lostIn(findings)).toEqual([expect.stringMatching(`^${isLost ? '✗' : '–'} .*${scope} not granted`)]);
      expect(running().simulator.calls.since(mark)).toHaveLength(1);
    },
  );

  it('The doctor finds nothing wrong when the token’s list has all scopes', async () => {
    expect(linesOf(await checkWithout([]))).toEqual(['✓ portal 1, scopes: all are granted']);
  });
});

describe('A project that asks for handovers', () => {
  const project = new Set(scopesFor({ objects: ['contacts'], features: ['handover'] }));

  it.each(['companies', 'deals', 'leads'])(
    'The doctor names the missing permissions of %s for handovers, and what to do',
    async (object) => {
      const lost = lostIn(await checkWithout([`crm.objects.${object}.read`, `crm.objects.${object}.write`], project));
      expect(lost).toEqual([
        expect.stringMatching(
          new RegExp(
            `^✗ .*crm.objects.${object}.read crm.objects.${object}.write not granted.*Handovers leave them out.*reinstall`,
          ),
        ),
      ]);
    },
  );

  it('The doctor says that it did not check the permissions of custom objects, because no harmless call needs them', async () => {
    const lines = linesOf(await checkWithout([], project));
    expect(lines.find((line) => line.includes('crm.objects.custom.read'))).toContain('not checked');
  });
});

import type { SimulatorOptions } from '../../local/simulator/hubspot-simulator.ts';
import { CHECKS } from './all-checks.ts';
import { NOT_DOCUMENTED } from './check.ts';
import { runCheck } from './run-checks.ts';
import { type OpenGround, openGround, PORTAL_ID, recordsLeft } from './use-ground.ts';

const observed = CHECKS.flatMap((check) => ('observe' in check ? check : []));

/** Opens one simulator, runs what is asked for, and closes it. */
async function withGround<Result>(options: SimulatorOptions, use: (open: OpenGround) => Promise<Result>) {
  const open = await openGround(options, { maySpendLimit: true });
  try {
    return await use(open);
  } finally {
    await open.simulator.close();
  }
}

function see(id: string, options: SimulatorOptions, prepare?: (open: OpenGround) => void) {
  const check = CHECKS.find((each) => each.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return withGround(options, async (open) => {
    prepare?.(open);
    const result = await runCheck(check, open.ground);
    return result.kind === 'not run' ? result.why : [result.kind, result.seen];
  });
}

describe('HubSpot’s contract, in the simulator', () => {
  let open: OpenGround;

  beforeAll(async () => {
    open = await openGround({}, { maySpendLimit: true });
  });

  afterAll(async () => {
    await open.simulator.close();
  });

  it.each(observed)('The simulator meets the check: $title ($id)', async (check) => {
    expect(await runCheck(check, open.ground)).toMatchObject({ kind: 'same' });
  });

  it('Every record that a run made is deleted at its end', async () => {
    expect(await open.ground.records.removeAll()).toEqual([]);
    expect(recordsLeft(open.simulator)).toEqual([]);
  });

  it('A run does nothing that HubSpot would call a violation', () => {
    expect(open.simulator.violations).toEqual([]);
  });
});

describe('What HubSpot does not document is seen as it is, and accepted either way', () => {
  it.each<[string, SimulatorOptions, string]>([
    ['owner-email-case', { emailFilter: 'exact' }, 'nobody'],
    ['owner-email-case', { emailFilter: 'caseInsensitive' }, 'the owner'],
    ['owner-email-prefix', { emailFilter: 'exact' }, 'nobody'],
    ['owner-email-prefix', { emailFilter: 'prefix' }, 'the owner'],
    ['assigned-date-same-owner', { assignedDate: { onSameOwner: 'kept' } }, 'stays'],
    ['assigned-date-same-owner', { assignedDate: { onSameOwner: 'moved' } }, 'moves'],
    ['assigned-date-cleared', { assignedDate: { onClear: 'emptied' } }, 'emptied'],
    ['assigned-date-cleared', { assignedDate: { onClear: 'kept' } }, 'stays'],
    ['history-never-set', { historyOfNone: 'empty' }, 'an empty list'],
    ['history-never-set', { historyOfNone: 'noList' }, 'no list'],
    ['history-never-set', { historyOfNone: 'noMember' }, 'no list'],
    ['batch-update-unknown', { batchErrorStatus: 207 }, '207, the others written'],
    ['batch-update-unknown', { batchErrorStatus: 200 }, '200, the others written'],
    ['callback-unknown', { unknownCallback: 'silent' }, '204 without a body'],
    ['callback-unknown', { unknownCallback: '404' }, '404 that says so'],
    ['callback-unknown', { unknownCallback: '410' }, '410 that says so'],
    ['callback-unknown-batch', { unknownCallback: '422' }, '422 that says so'],
    ['token-refresh-keeps', { rotateRefreshTokens: false }, 'the same refresh token'],
    ['token-refresh-keeps', { rotateRefreshTokens: true }, 'another refresh token'],
    ['unknown-owner-id', { errorShape: 'structured' }, '400 INVALID_OWNER_ID'],
  ])('%s with %j', async (id, options, seen) => {
    expect(await see(id, options)).toEqual(['same', seen]);
  });
});

it('A run stays below a low limit', async () => {
  await withGround({ burstLimit: 40 }, async ({ ground, simulator }) => {
    const paced = observed.filter(({ id }) => id !== 'rate-limit-reply');
    for (const check of paced) await runCheck(check, ground);
    await ground.records.removeAll();
    expect(simulator.calls.count()).toBeGreaterThan(paced.length);
    expect(simulator.calls.count({ status: 429 })).toBe(0);
  });
});

it('A run accepts refresh tokens that are good once', async () => {
  const seen = await withGround({ rotateRefreshTokens: true }, async ({ ground }) => {
    const results = [];
    for (const check of observed.filter(({ id }) => id.startsWith('token-')))
      results.push(await runCheck(check, ground));
    return results.map(({ kind }) => kind);
  });
  expect(seen).toEqual(['same', 'same', 'same', 'same', 'same']);
});

describe('What HubSpot must not do differs', () => {
  it.each<[string, SimulatorOptions, string]>([
    ['unknown-record', { notFoundBody: 'html' }, '404 as a page'],
    ['deleted-record', { notFoundBody: 'empty' }, '404 without a body'],
    ['callback-unknown-batch', { completionReply: '200error' }, '200 in HubSpot’s words'],
  ])('%s with %j', async (id, options, seen) => {
    expect(await see(id, options)).toEqual(['differs', seen]);
  });

  it.each([
    ['owner-by-id', 'GET owner', { kind: 'status', status: 500, body: 'no' }, '500 as text'],
    ['record-update', 'PATCH object', { kind: 'json', body: {} }, '200 without one of them'],
    [
      'owner-pages',
      'GET owners',
      { kind: 'reset' },
      'the check failed: no answer to GET /crm/owners/2026-09 (UND_ERR_SOCKET)',
    ],
  ] as const)('%s when %s fails', async (id, route, fault, seen) => {
    const script = ({ simulator }: OpenGround) => simulator.faults.script({ route, fault, nth: 1, times: 9 });
    const result = await see(id, {}, script);
    expect(result).toEqual(['differs', expect.stringContaining(seen.replace(/ \(.*/, ''))]);
  });
});

describe('A check that cannot run says what it needs', () => {
  it.each<[string, string, (open: OpenGround) => void]>([
    ['archived-owner-on-contact', 'needs a deactivated owner', removeOwners],
    ['owner-by-id', 'needs an active owner', removeOwners],
    ['record-update', 'needs a token with the scope for the owners', takeScopes],
    ['deleted-record', 'needs the scopes crm.objects.contacts.read and .write', takeScopes],
    ['callback-unknown', 'needs a token with the scope for completing callbacks', takeScopes],
    ['execution-patience', 'by hand: answer executions after', () => undefined],
  ])('A check that cannot run says what it needs, such as %s: %s', async (id, why, prepare) => {
    expect(await see(id, {}, prepare)).toEqual(expect.stringContaining(why));
  });

  it('The limit of an account is not spent unless it may be', async () => {
    const { ground, simulator } = await openGround();
    const check = observed.find(({ id }) => id === 'rate-limit-reply');
    if (check === undefined) throw new Error('there is no check of the limit');
    expect(await runCheck(check, ground)).toMatchObject({ kind: 'not run' });
    expect(simulator.calls.count()).toBe(0);
    await simulator.close();
  });
});

describe('The list of checks', () => {
  it('The list of checks names each check once', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('The list of checks accepts one answer where HubSpot documents it, or names where it leaves a choice', () => {
    const unsure = CHECKS.filter(({ source, accepts }) => source === NOT_DOCUMENTED && accepts.length === 0);
    expect(unsure).toEqual([]);
    expect(CHECKS.filter(({ source }) => source !== NOT_DOCUMENTED && !/read \d{4}-\d\d-\d\d$/.test(source))).toEqual(
      [],
    );
  });
});

function removeOwners({ simulator }: OpenGround): void {
  simulator.state.portals.get(PORTAL_ID)?.owners.clear();
}

function takeScopes({ simulator }: OpenGround): void {
  const tokens = simulator.state.portals.get(PORTAL_ID)?.tokens;
  for (const [token, grant] of tokens ?? []) tokens?.set(token, { ...grant, scopes: new Set(['oauth']) });
}

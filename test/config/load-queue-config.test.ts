import { loadQueueConfig, loadSetOwnerConfig } from '../../lib/config/load-config.ts';
import type { ReadSecrets } from '../../lib/config/secrets.ts';

const GOOD = {
  PUBLIC_BASE_URL: 'https://owner.example.com/base',
  HUBSPOT_CLIENT_SECRET: 'secret-test-current',
  HUBSPOT_ACCESS_TOKEN: 'pat-test-token',
  HUBSPOT_PORTAL_ID: '8200001',
  TABLE_NAME: 'owners',
  ASSIGN_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/assign',
};
const noSecrets: ReadSecrets = async () => ({});
type Changes = Readonly<Record<string, string | undefined>>;
const loadSetOwner = (changes: Changes = {}) => loadSetOwnerConfig({ ...GOOD, ...changes }, noSecrets);
const loadAssign = (changes: Changes = {}) => loadQueueConfig({ ...GOOD, ...changes }, noSecrets);

const LISTS = ['INLINE_PORTAL_IDS', 'QUEUED_PORTAL_IDS'] as const;
const MEMBER_OF = { INLINE_PORTAL_IDS: 'inlinePortals', QUEUED_PORTAL_IDS: 'queuedPortals' } as const;

describe.each(LISTS)('%s', (name) => {
  it.each<[string | undefined, string[], string]>([
    [undefined, [], 'left out'],
    ['', [], 'empty, as templates write it'],
    ['8200001', ['8200001'], 'one'],
    ['8200001,8200002', ['8200001', '8200002'], 'two'],
    [' 8200001 ,\t8200002\n', ['8200001', '8200002'], 'with white space'],
    ['8200001,8200001', ['8200001'], 'one of them twice'],
    ['99999999999999999999', ['99999999999999999999'], 'the longest there is'],
  ])('The list of account IDs %j is read as %j: %s', async (value, ids) => {
    const config = await loadSetOwner({ [name]: value });
    expect([...config[MEMBER_OF[name]]]).toEqual(ids);
    const other = LISTS.find((each) => each !== name) ?? name;
    expect(config[MEMBER_OF[other]].size).toBe(0);
  });

  it.each([
    [' ', 'white space'],
    [',', 'nothing but a comma'],
    ['8200001,', 'a comma behind'],
    ['8200001,,8200002', 'two commas'],
    ['8200001;8200002', 'another separator'],
    ['8200001 8200002', 'no separator'],
    ['0', 'no portal id'],
    ['-1', 'negative'],
    ['08200001', 'a zero in front'],
    ['1e6', 'a number in other words'],
    ['all', 'a word'],
    ['*', 'a star'],
    ['1'.repeat(21), 'too long'],
  ])('[S15] The invalid list of account IDs %j is reported by its name only: %s', async (value) => {
    const message = await messageOf(loadSetOwner({ [name]: value }));
    expect(message).toBe(`Configuration is wrong. ${name}: must be portal ids, separated by commas`);
  });

  it('The functions behind the queue ignore the lists of account IDs, whatever they contain', async () => {
    expect(await loadAssign({ [name]: 'all' })).toEqual(await loadAssign());
  });
});

describe('Both lists', () => {
  it('Both lists of account IDs can be set', async () => {
    const config = await loadSetOwner({ INLINE_PORTAL_IDS: '8200001', QUEUED_PORTAL_IDS: '8200002,8200003' });
    expect([...config.inlinePortals]).toEqual(['8200001']);
    expect([...config.queuedPortals]).toEqual(['8200002', '8200003']);
  });

  it('[S15] An account may not be in both lists, and the error does not contain its ID', async () => {
    const both = { INLINE_PORTAL_IDS: '8200001,8200002', QUEUED_PORTAL_IDS: '8200002' };
    const message = await messageOf(loadSetOwner(both));
    expect(message).toBe('Configuration is wrong. QUEUED_PORTAL_IDS: names a portal of INLINE_PORTAL_IDS');
  });
});

describe.each([
  ['the action that sets owners', loadSetOwner],
  ['the functions behind the queue', loadAssign],
] as const)('%s', (_whose, load) => {
  it('The configuration contains the URL of the queue and everything that an execution needs', async () => {
    expect(
      await load({ OWNER_MAX_AGE_HOURS: '2', HUBSPOT_CLIENT_SECRET_PREVIOUS: 'secret-test-previous' }),
    ).toMatchObject({
      assignQueueUrl: GOOD.ASSIGN_QUEUE_URL,
      publicBaseUrl: GOOD.PUBLIC_BASE_URL,
      tableName: 'owners',
      secrets: { current: 'secret-test-current', previous: 'secret-test-previous' },
      ownerMaxAgeMs: 7_200_000,
    });
  });

  it.each([
    ['ASSIGN_QUEUE_URL', undefined],
    ['ASSIGN_QUEUE_URL', ''],
    ['ASSIGN_QUEUE_URL', 'assign'],
    ['TABLE_NAME', ''],
    ['HUBSPOT_CLIENT_SECRET', undefined],
    ['PUBLIC_BASE_URL', undefined],
  ])('[S15, C1] A function does not start with %s = %j and reports only that name', async (name, value) => {
    const message = await messageOf(load({ [name]: value }));
    expect(Object.keys(GOOD).filter((each) => message.includes(each))).toEqual([name]);
    if (value !== undefined && value !== '') expect(message).not.toContain(`= ${value}`);
  });
});

it('Only the action reads the setting for old signatures', async () => {
  expect(await loadSetOwner({ ALLOW_V2: 'false' })).toMatchObject({ allowSignatureV2: false });
  expect(await loadAssign({ ALLOW_V2: 'perhaps' })).not.toHaveProperty('allowSignatureV2');
});

async function messageOf(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID' });
  return (error as Error).message;
}

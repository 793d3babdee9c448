import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { checkTable } from '../../../local/doctor/table.ts';
import { makeEmbeddedTable } from '../../support/embedded-table.ts';

it('The doctor knows the table of the local stack, and reports one that does not exist', async () => {
  const { client, tableName } = await makeEmbeddedTable();

  expect(await checkTable(client, tableName, { isLocal: true })).toMatchObject([
    { verdict: 'good' },
    { verdict: 'skipped', subject: 'expiry and backups' },
  ]);
  expect(await checkTable(client, 'not-there', { isLocal: true })).toMatchObject([
    { verdict: 'wrong', detail: expect.stringContaining('does not exist') },
  ]);
});

it('The doctor does not accept the table of another application', async () => {
  const { client } = await makeEmbeddedTable();
  const TableName = 'another-application';
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );

  expect(await checkTable(client, TableName, { isLocal: true })).toMatchObject([
    { verdict: 'wrong', detail: expect.stringContaining('id HASH') },
  ]);
});

describe('on AWS', () => {
  const KeySchema = [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ];
  const describe = (ttl: object, backups: 'ENABLED' | 'DISABLED', DeletionProtectionEnabled: boolean) => {
    const dynamodb = mockClient(DynamoDBClient);
    dynamodb
      .on(DescribeTableCommand)
      .resolves({ Table: { KeySchema, TableStatus: 'ACTIVE', DeletionProtectionEnabled } });
    dynamodb.on(DescribeTimeToLiveCommand).resolves({ TimeToLiveDescription: ttl });
    dynamodb.on(DescribeContinuousBackupsCommand).resolves({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: backups },
      },
    });
    return checkTable(new DynamoDBClient({ region: 'eu-central-1' }), 'table', { isLocal: false });
  };
  const TTL = { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAtEpochSeconds' };

  it.each([
    { why: 'all is as it should be', ttl: TTL, backups: 'ENABLED', isProtected: true, wrong: [] },
    {
      why: 'expiry is off',
      ttl: { TimeToLiveStatus: 'DISABLED' },
      backups: 'ENABLED',
      isProtected: true,
      wrong: ['expiry'],
    },
    {
      why: 'expiry goes by another attribute',
      ttl: { ...TTL, AttributeName: 'ttl' },
      backups: 'ENABLED',
      isProtected: true,
      wrong: ['expiry'],
    },
    { why: 'backups are off', ttl: TTL, backups: 'DISABLED', isProtected: true, wrong: ['backups'] },
    { why: 'it can be deleted', ttl: TTL, backups: 'ENABLED', isProtected: false, wrong: ['deletion protection'] },
  ] as const)(
    'The doctor reports $wrong for a table on AWS when $why',
    async ({ ttl, backups, isProtected, wrong }) => {
      const findings = await describe(ttl, backups, isProtected);

      expect(findings.filter(({ verdict }) => verdict === 'wrong').map(({ subject }) => subject)).toEqual(wrong);
      expect(findings).toHaveLength(4);
    },
  );

  // CloudFormation compares a template with the one before, not with the table (update behavior, read 2026-11-29).
  it('The doctor says how to turn on again what somebody turned off, because no deployment does it', async () => {
    const findings = await describe({ TimeToLiveStatus: 'DISABLED' }, 'DISABLED', false);

    const table = '--region eu-central-1 --table-name table';
    expect(findings.filter(({ verdict }) => verdict === 'wrong').map(({ detail }) => detail)).toEqual([
      expect.stringContaining(
        `aws dynamodb update-time-to-live ${table} --time-to-live-specification Enabled=true,AttributeName=expiresAtEpochSeconds`,
      ),
      expect.stringContaining(
        `aws dynamodb update-continuous-backups ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
      ),
      expect.stringContaining(`aws dynamodb update-table ${table} --deletion-protection-enabled`),
    ]);
    expect(JSON.stringify(findings)).not.toContain('deploy again');
  });
});

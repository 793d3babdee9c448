import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { type Finding, good, skipped, wrong } from './finding.ts';

const KEYS = 'pk HASH, sk RANGE';
const TTL_ATTRIBUTE = 'expiresAtEpochSeconds';

/** `isLocal`: the engine has no expiry, backups and protection, so these are not checked. */
export async function checkTable(
  client: DynamoDBClient,
  tableName: string,
  { isLocal }: { readonly isLocal: boolean },
): Promise<readonly Finding[]> {
  const subject = `table ${tableName}`;
  const table = await describeTable(client, tableName);
  if (table === undefined) return [wrong(subject, 'does not exist; deploy, or correct TABLE_NAME')];
  const keys = (table.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
  if (keys !== KEYS) return [wrong(subject, `has the keys ${keys}, not ${KEYS}; it is another application's`)];
  if (table.TableStatus !== 'ACTIVE') return [wrong(subject, `is ${table.TableStatus}; wait, and look again`)];
  const found = good(subject, 'exists, with the keys that are needed');
  if (isLocal) return [found, skipped('expiry and backups', 'an engine on this machine has none')];
  // CloudFormation compares a template with the one before and not with the table, so a deployment changes none of these.
  const options = `--region ${await client.config.region()} --table-name ${tableName}`;
  return [
    found,
    await checkExpiry(client, tableName, options),
    await checkBackups(client, tableName, options),
    checkProtection(table, options),
  ];
}

async function describeTable(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function checkExpiry(client: DynamoDBClient, TableName: string, options: string): Promise<Finding> {
  const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const isOn = ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING';
  if (isOn && ttl?.AttributeName === TTL_ATTRIBUTE) return good('expiry', `rows go by ${TTL_ATTRIBUTE}`);
  const turnOn = `aws dynamodb update-time-to-live ${options} --time-to-live-specification Enabled=true,AttributeName=${TTL_ATTRIBUTE}`;
  return wrong('expiry', `time to live must be on for ${TTL_ATTRIBUTE}, or rows are kept for ever; ${turnOn}`);
}

async function checkBackups(client: DynamoDBClient, TableName: string, options: string): Promise<Finding> {
  const { ContinuousBackupsDescription: backups } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const status = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  if (status === 'ENABLED') return good('backups', 'point-in-time recovery is on');
  const turnOn = `aws dynamodb update-continuous-backups ${options} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`;
  return wrong('backups', `point-in-time recovery is off: tokens and successors could not be brought back; ${turnOn}`);
}

function checkProtection({ DeletionProtectionEnabled }: TableDescription, options: string): Finding {
  if (DeletionProtectionEnabled === true) return good('deletion protection', 'is on');
  return wrong('deletion protection', `is off; aws dynamodb update-table ${options} --deletion-protection-enabled`);
}

import { readFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Plugin } from 'esbuild';

const OF_HUBSPOT = '@hubspot/api-client/lib';
const OF_AWS = '@aws-sdk/core/dist-es/submodules';
const OF_SMITHY = '@smithy/core/dist-es/submodules';

/** Files inside packages, and their replacements. Whole packages are replaced by `alias` in esbuild.config.json. */
const STAND_INS: Readonly<Record<string, string>> = {
  [`${OF_AWS}/client/emitWarningIfUnsupportedVersion`]: 'no-version-warning.ts',
  [`${OF_AWS}/client/middleware-logger/loggerMiddleware`]: 'no-sdk-log.ts',
  [`${OF_HUBSPOT}/codegen/crm/owners/models/ObjectSerializer`]: 'no-owner-models.ts',
  [`${OF_HUBSPOT}/src/services/http/Transport`]: 'no-hubspot-transport.ts',
  [`${OF_SMITHY}/checksum/sha256/Sha256Js`]: 'no-js-sha256.ts',
  [`${OF_SMITHY}/config/config-resolver/regionConfig/getInstanceMetadataRegion`]: 'no-instance-metadata.ts',
  [`${OF_SMITHY}/config/shared-ini-file-loader/loadSharedConfigFiles`]: 'no-config-files.ts',
  [`${OF_SMITHY}/endpoints/middleware-endpoint/service-customizations`]: 'no-s3.ts',
  [`${OF_SMITHY}/retry/util-retry/AdaptiveRetryStrategy`]: 'no-adaptive-retries.ts',
  [`${OF_SMITHY}/serde/date-utils`]: 'plain-dates.ts',
  '@smithy/signature-v4/dist-es/HeaderFormatter': 'no-event-headers.ts',
};
/** For the bundler, which calls us for each import that matches this. */
const ANY_OF_THEM = new RegExp(
  `^\\..*/(?:${Object.keys(STAND_INS)
    .map((file) => basename(file))
    .join('|')})$`,
);

/**
 * The line that lets a client recognize an error by its class. Any other error becomes a `DynamoDBServiceException`, or an
 * `SQSServiceException`, with its name.
 */
const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm;
/**
 * DynamoDB's possible errors for calls about items, as the SDK's commands declare them (read 2026-11-28): none about backups or
 * tables.
 */
const OF_ITEMS = new Set([
  'ConditionalCheckFailedException',
  'InternalServerError',
  'InvalidEndpointException',
  'ItemCollectionSizeLimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
  'TransactionConflictException',
]);
/** SQS's possible errors for `SendMessageBatch`, from the same place. */
const OF_SENDING = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidAddress',
  'InvalidBatchEntryId',
  'InvalidSecurity',
  'KmsAccessDenied',
  'KmsDisabled',
  'KmsInvalidKeyUsage',
  'KmsInvalidState',
  'KmsNotFound',
  'KmsOptInRequired',
  'KmsThrottled',
  'QueueDoesNotExist',
  'RequestThrottled',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
]);

/** The errors that each client recognizes are in this file. */
const SCHEMAS = /[/\\]client-(dynamodb|sqs)[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/;

/** Keeps parts of packages out of the bundles that none of our calls reaches. */
export function keepOut(): Plugin {
  return {
    name: 'keep-out',
    setup({ initialOptions, onResolve, onLoad }) {
      const { absWorkingDir = process.cwd() } = initialOptions;
      onResolve({ filter: ANY_OF_THEM }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path).split(`node_modules${sep}`).at(-1) ?? '';
        const standIn = STAND_INS[file.replaceAll(sep, '/')];
        return standIn === undefined ? undefined : { path: join(absWorkingDir, 'infra/bundle', standIn) };
      });
      onLoad({ filter: SCHEMAS }, async ({ path }) => {
        const possible = SCHEMAS.exec(path)?.[1] === 'sqs' ? OF_SENDING : OF_ITEMS;
        const contents = await readFile(path, 'utf8');
        const texts = new Map(
          [...contents.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name, text]) => [name, text]),
        );
        const plain = contents.replaceAll(/\[(_\w+)\]:/g, (key, name) => `${texts.get(name) ?? key}:`);
        return { contents: plain.replaceAll(REGISTRATION, (line, name) => (possible.has(name) ? line : '')) };
      });
      // An AWS client reads only the version in its package.json.
      onLoad({ filter: /[/\\]@aws-sdk[/\\]client-[\w-]+[/\\]package\.json$/ }, async ({ path }) => {
        const { version } = JSON.parse(await readFile(path, 'utf8'));
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });
    },
  };
}

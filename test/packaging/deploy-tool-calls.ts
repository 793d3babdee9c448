import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The parts of the deployment tool that `deploy`, `info`, `invoke` and `remove` run. */
const PARTS = ['deploy/lib', 'info', 'lib', 'remove/lib', 'invoke.js', 'provider.js', 'rollback.js'];

/** Where the permission has another name than the operation (Service Authorization Reference, read 2026-11-27). */
const PERMISSIONS: Readonly<Record<string, string>> = {
  's3:DeleteObjects': 's3:DeleteObject',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:ListObjectsV2': 's3:ListBucket',
  'lambda:Invoke': 'lambda:InvokeFunction',
};
const SERVICES: Readonly<Record<string, string>> = { 'cloudwatch-logs': 'logs' };

/** The permissions that the tool's own calls take, by what its installed sources send. */
export function listToolCalls(): ReadonlySet<string> {
  const folder = join(dirname(require.resolve('serverless/package.json')), 'lib/plugins/aws');
  const files = PARTS.flatMap((part) =>
    part.endsWith('.js')
      ? [join(folder, part)]
      : readdirSync(join(folder, part))
          .filter((name) => name.endsWith('.js'))
          .map((name) => join(folder, part, name)),
  );
  return new Set(files.flatMap((file) => readCalls(readFileSync(file, 'utf8'))));
}

function readCalls(source: string): readonly string[] {
  return [...source.matchAll(/const \{([^}]+)\} = require\('@aws-sdk\/client-([a-z0-9-]+)'\)/g)].flatMap(
    ([, names = '', client = '']) =>
      [...names.matchAll(/\b(\w+)Command\b/g)]
        .map(([, operation = '']) => `${SERVICES[client] ?? client}:${operation}`)
        .map((call) => PERMISSIONS[call] ?? call),
  );
}

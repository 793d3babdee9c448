import { callAws, type Patience } from '../aws/signed-call.ts';
import { ConfigError, SecretsUnavailableError } from '../domain/errors.ts';

const PREFIX = 'ssm:';
/** Leaves an action, which has ten seconds, enough time to answer. */
const PATIENCE_MS = 6_000;
/** Errors that stay until the parameters, their key or the role is changed. */
const REFUSALS = /^(AccessDenied|AccessDeniedException|InvalidKeyId|ParameterNotFound|ValidationException)$/;

type SecretReference = { readonly variable: string; readonly reference: string };
/** Resolves references to values, keyed by variable, in one call. */
export type ReadSecrets = (references: readonly SecretReference[]) => Promise<Record<string, string>>;

/** `ssm:/service/stage/name` stands for a SecureString in SSM Parameter Store, so that no template contains a secret. */
export function isSecretReference(value: string): boolean {
  return value.startsWith(PREFIX);
}

/**
 * Reads secrets from SSM, in one call (GetParameters, AWS Systems Manager API reference, read 2026-11-23). SSM accepts 40 calls a
 * second for all functions of an account and region (endpoints and quotas, read 2026-11-26), so a flood's cold starts are
 * throttled and must wait.
 * @throws {ConfigError} if a parameter does not exist or may not be read, naming the variable that refers to it
 * @throws {SecretsUnavailableError} if SSM is unavailable now
 */
export function createReadSecrets(world: Omit<Patience, 'totalMs'>): ReadSecrets {
  const patience = { ...world, totalMs: PATIENCE_MS };
  return async (references) => {
    const variables = references.map(({ variable }) => variable).join(', ');
    const body = { Names: [...new Set(references.map(parameterName))], WithDecryption: true };
    const call = { service: 'ssm', target: 'AmazonSSM.GetParameters', body } as const;
    const reply = await callAws(call, { patience }).catch((cause: unknown) => {
      throw new SecretsUnavailableError(`SSM could not be reached for ${variables}`, { cause });
    });
    const { ok, status, trouble } = reply;
    if (!ok && REFUSALS.test(trouble)) throw new ConfigError(`${variables}: SSM refuses to read them, ${trouble}`);
    const found: unknown = reply.body.Parameters;
    if (!Array.isArray(found)) {
      throw new SecretsUnavailableError(`SSM answered with status ${status}, ${trouble}, for ${variables}`);
    }
    const valueByName = new Map(found.map(({ Name, Value }) => [Name, Value]));
    return Object.fromEntries(
      references.map((entry) => {
        const value: unknown = valueByName.get(parameterName(entry));
        if (typeof value !== 'string') throw new ConfigError(`${entry.variable}: its SSM parameter does not exist`);
        return [entry.variable, value];
      }),
    );
  };
}

export const readSsmSecrets = createReadSecrets({
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
});

function parameterName({ reference }: SecretReference): string {
  return reference.slice(PREFIX.length);
}

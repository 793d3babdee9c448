import { ConfigError } from '../domain/errors.ts';
import { readParameters } from './ssm-parameters.ts';

const PREFIX = 'ssm:';

export type SecretReference = { readonly variable: string; readonly reference: string };
/** Resolves references to values, keyed by variable, in one call. */
export type ReadSecrets = (references: readonly SecretReference[]) => Promise<Record<string, string>>;

/** `ssm:/service/stage/name` stands for a SecureString in SSM Parameter Store, so that no secret is in a template. */
export function isSecretReference(value: string): boolean {
  return value.startsWith(PREFIX);
}

/**
 * Reads secrets from SSM. A parameter that cannot be read is told by the variable that asked for it.
 * @throws {ConfigError}
 */
export const readSsmSecrets: ReadSecrets = async (references) => {
  const valueByName = await readParameterValues(references);
  return Object.fromEntries(
    references.map((entry) => {
      const value = valueByName.get(parameterName(entry));
      if (value === undefined) throw new ConfigError(`${entry.variable}: its SSM parameter does not exist`);
      return [entry.variable, value];
    }),
  );
};

async function readParameterValues(references: readonly SecretReference[]): Promise<ReadonlyMap<string, string>> {
  try {
    return await readParameters(references.map(parameterName));
  } catch (cause) {
    const variables = references.map(({ variable }) => variable).join(', ');
    throw new ConfigError(`Secrets could not be read from SSM for ${variables}`, { cause });
  }
}

function parameterName({ reference }: SecretReference): string {
  return reference.slice(PREFIX.length);
}

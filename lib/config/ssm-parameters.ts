import { callAws } from '../aws/signed-call.ts';

/**
 * Reads SecureStrings from SSM Parameter Store by name, in one call. Names that do not exist are missing from the answer.
 * GetParameters, AWS Systems Manager API reference, read 2026-11-23.
 */
export async function readParameters(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const response = await callAws({
    service: 'ssm',
    target: 'AmazonSSM.GetParameters',
    body: { Names: [...new Set(names)], WithDecryption: true },
  });
  if (!response.ok) throw new Error(`SSM answered with status ${response.status}`);
  const { Parameters = [] } = (await response.json()) as { Parameters?: { Name?: string; Value?: string }[] };
  return new Map(
    Parameters.flatMap(({ Name, Value }) => (Name === undefined || Value === undefined ? [] : [[Name, Value]])),
  );
}

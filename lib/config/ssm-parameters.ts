import { type AwsCallOptions, callAws } from '../aws/signed-call.ts';

export type ParameterReading =
  /** Names that do not exist are missing. */
  | { readonly kind: 'read'; readonly valueByName: ReadonlyMap<string, string> }
  /** `trouble` is AWS's word for why the names may not be read or are none. */
  | { readonly kind: 'refused'; readonly trouble: string };

/** What does not pass without a change to the parameters, their key or the role. */
const REFUSALS = /^(AccessDenied|AccessDeniedException|InvalidKeyId|ParameterNotFound|ValidationException)$/;

/**
 * Reads SecureStrings from SSM Parameter Store by name, in one call. Throws when SSM cannot be asked now.
 * GetParameters, AWS Systems Manager API reference, read 2026-11-23.
 */
export async function readParameters(names: readonly string[], options?: AwsCallOptions): Promise<ParameterReading> {
  const { ok, status, body, trouble } = await callAws(
    {
      service: 'ssm',
      target: 'AmazonSSM.GetParameters',
      body: { Names: [...new Set(names)], WithDecryption: true },
    },
    options,
  );
  if (!ok && REFUSALS.test(trouble)) return { kind: 'refused', trouble };
  if (!ok || !Array.isArray(body.Parameters)) throw new Error(`SSM answered with status ${status}, ${trouble}`);
  const parameters: { Name?: string; Value?: string }[] = body.Parameters;
  const pairs = parameters.flatMap(({ Name, Value }) =>
    Name === undefined || Value === undefined ? [] : [[Name, Value] as const],
  );
  return { kind: 'read', valueByName: new Map(pairs) };
}

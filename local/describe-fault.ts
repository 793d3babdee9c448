import { knownFaultOf } from './network-fault.ts';

/** AWS's own words for who may not, by the names of its errors. */
export const NOT_SIGNED_IN =
  /^(CredentialsProvider|ExpiredToken|InvalidClientToken|InvalidSignature|UnrecognizedClient|TokenProvider)/;

/** What ended a command that uses AWS, with what to do. AWS's own errors say what is wrong, but not where. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (NOT_SIGNED_IN.test(error.name)) {
    return `AWS does not accept your credentials (${error.name}). Sign in to AWS, or choose a profile with AWS_PROFILE`;
  }
  const fault = knownFaultOf(error);
  if (fault !== undefined) return `${hostOf(error)} cannot be reached: ${fault}`;
  return '$metadata' in error ? `AWS: ${error.name}: ${error.message}` : error.message;
}

function hostOf(error: Error): string {
  const { hostname, address } = (error.cause ?? error) as { hostname?: unknown; address?: unknown };
  return String(hostname ?? address ?? 'The network');
}

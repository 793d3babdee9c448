/** Codes of Node and of its fetch, and what they say to somebody who wants to fix it. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^(ENOTFOUND|EAI_)/, 'the host name cannot be resolved'],
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/^(ENETUNREACH|EHOSTUNREACH|ENETDOWN)$/, 'there is no way to this network'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was closed'],
  [/^(ETIMEDOUT|UND_ERR_.*TIMEOUT)$/, 'no answer in time'],
  [/CERT|SIGNATURE|^ERR_(TLS|SSL)|^EPROTO$/, 'its certificate or TLS is not accepted'],
];
const MAX_CAUSES = 5;

/** Why a request got no answer. Never the error's own message, which may quote the request. */
export function describeNetworkFault(error: unknown): string {
  const [{ name }, ...causes] = chainOf(error);
  if (name === 'TimeoutError') return 'no answer in time';
  if (causes.some(({ message }) => message === 'unexpected redirect')) {
    return 'it redirects, which HubSpot does not follow';
  }
  return knownFaultOf(error) ?? codeOf(error) ?? String(name ?? 'unknown fault');
}

/** The network fault in an error of any kind; undefined for every other error. */
export function knownFaultOf(error: unknown): string | undefined {
  const code = codeOf(error) ?? '';
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
  return meaning === undefined ? undefined : `${meaning} (${code})`;
}

/** The host, or its first address, that the request was for. */
export function hostOf(error: unknown): string {
  const hosts = chainOf(error).map(({ hostname, address }) => hostname ?? address);
  return hosts.find((host) => host !== undefined) ?? 'The network';
}

function codeOf(error: unknown): string | undefined {
  return chainOf(error)
    .map(({ code }) => code)
    .find((code) => typeof code === 'string');
}

type Fault = {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: string;
  readonly hostname?: string;
  readonly address?: string;
};

/** The error and what caused it. Of several causes, as for a host with two addresses, the first. */
function chainOf(error: unknown): [Fault, ...Fault[]] {
  const chain: [Fault, ...Fault[]] = [Object(error) as Fault];
  for (let next = causeOf(error); next !== undefined && chain.length < MAX_CAUSES; next = causeOf(next)) {
    chain.push(Object(next) as Fault);
  }
  return chain;
}

function causeOf(error: unknown): unknown {
  const { cause, errors } = Object(error) as { cause?: unknown; errors?: readonly unknown[] };
  return cause ?? errors?.[0];
}

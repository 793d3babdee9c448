import { describeNetworkFault } from '../../local/network-fault.ts';
import { findFreePort } from '../../local/ports.ts';

const SECRET = 'pat-test-secret';
const failedFetch = (cause: object) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(SECRET), cause) });

it.each([
  [failedFetch({ code: 'ENOTFOUND' }), 'the host name cannot be resolved (ENOTFOUND)'],
  [failedFetch({ code: 'EAI_AGAIN' }), 'the host name cannot be resolved (EAI_AGAIN)'],
  [failedFetch({ code: 'ENETUNREACH' }), 'there is no way to this network (ENETUNREACH)'],
  [failedFetch({ code: 'UND_ERR_SOCKET' }), 'the connection was closed (UND_ERR_SOCKET)'],
  [failedFetch({ code: 'UND_ERR_CONNECT_TIMEOUT' }), 'no answer in time (UND_ERR_CONNECT_TIMEOUT)'],
  [failedFetch({ code: 'CERT_HAS_EXPIRED' }), 'its certificate or TLS is not accepted (CERT_HAS_EXPIRED)'],
  [
    failedFetch({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'its certificate or TLS is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)',
  ],
  [failedFetch({ errors: [{ code: 'ECONNREFUSED' }, { code: 'EPERM' }] }), 'nothing listens there (ECONNREFUSED)'],
  [failedFetch({ message: 'unexpected redirect' }), 'it redirects, which HubSpot does not follow'],
  [failedFetch({ code: 'ENOENT' }), 'ENOENT'],
  [new DOMException(SECRET, 'TimeoutError'), 'no answer in time'],
  [new TypeError(SECRET), 'TypeError'],
  ['thrown text', 'unknown fault'],
])('A request that failed with %p is described without what was sent: %s', (error, words) => {
  expect(describeNetworkFault(error)).toBe(words);
});

it('A refused connection of fetch is described as one', async () => {
  const error = await fetch(`http://127.0.0.1:${await findFreePort()}/`).catch((thrown: unknown) => thrown);
  expect(describeNetworkFault(error)).toBe('nothing listens there (ECONNREFUSED)');
});

/**
 * `lib/network/fetch.ts` with the global `fetch` behind it, so that a test can answer for AWS.
 * @public in the factories of `jest.mock`, which can import nothing
 */
export const withGlobalFetch = () => ({
  ...jest.requireActual('../../lib/network/fetch.ts'),
  nodeFetch: (...call: Parameters<typeof fetch>) => globalThis.fetch(...call),
});

/** `lib/network/fetch.ts` with the global `fetch` behind it, so that a test can answer for AWS. */
const network = jest.requireActual<typeof import('../../lib/network/fetch.ts')>('../../lib/network/fetch.ts');

export const { readText } = network;
export const nodeFetch: typeof fetch = (...call) => globalThis.fetch(...call);

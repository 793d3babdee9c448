import { toDeadline } from '../../../lib/domain/deadline.ts';
import { ConfigError, PortalNotConnectedError, StoreUnavailableError } from '../../../lib/domain/errors.ts';
import { createResolveOwners } from '../../../lib/use-cases/operator/resolve-owners.ts';
import { PORTAL_A } from '../../builders/ids.ts';

const emails = ['jane@example.com', 'omar@example.com'];

function setUp(ensureConnected: () => Promise<never>) {
  const findOwner = jest.fn();
  const resolveOwners = createResolveOwners({ findOwner, ensureConnected });
  return { findOwner, resolve: () => resolveOwners({ portalId: PORTAL_A, emails }, toDeadline(1)) };
}

it.each([
  [
    new PortalNotConnectedError('gone'),
    { kind: 'answered', result: { outcome: 'FAILED', errorCode: 'PORTAL_NOT_CONNECTED' } },
  ],
  [new StoreUnavailableError('away'), { kind: 'later', code: 'STORE_UNAVAILABLE' }],
])('Without a token, every email gets the same answer and none is looked up: %p', async (error, answer) => {
  const { findOwner, resolve } = setUp(() => Promise.reject(error));
  expect(await resolve()).toEqual(emails.map((email) => ({ ...answer, email })));
  expect(findOwner).not.toHaveBeenCalled();
});

it.each([
  ['a programming mistake', new TypeError('a bug')],
  ['a wrong configuration, such as a token of another account', new ConfigError('wrong')],
])('Resolving owners does not hide %s, before or while emails are looked up', async (_what, error) => {
  await expect(setUp(() => Promise.reject(error)).resolve()).rejects.toBe(error);
  const { findOwner, resolve } = setUp(async () => undefined as never);
  findOwner.mockRejectedValue(error);
  await expect(resolve()).rejects.toBe(error);
});

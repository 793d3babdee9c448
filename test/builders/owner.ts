import type { Owner } from '../../lib/domain/owner.ts';
import { toEmail, toOwnerId, toUserId, toUserRecordId } from './ids.ts';

type OwnerSpec = Partial<Omit<Owner, 'id' | 'userId' | 'email'>> & {
  readonly id?: string;
  /** `undefined` on purpose: an owner without a user, as queues are. */
  readonly userId?: string | undefined;
  readonly email?: string | undefined;
};

/** An active person. Owner id and user id differ, because only one of them may be written. */
export function makeOwner(spec: OwnerSpec = {}): Owner {
  const { id = '410000001', userId = '52000001', email = 'jane@example.com', ...rest } = spec;
  return {
    type: 'PERSON',
    archived: false,
    firstName: 'Jane',
    lastName: 'Doe',
    teams: [],
    ...rest,
    id: toOwnerId(id),
    userId: 'userId' in spec && spec.userId === undefined ? undefined : toUserId(userId),
    email: 'email' in spec && spec.email === undefined ? undefined : toEmail(email),
  };
}

/** What deactivation leaves of a person. */
export function makeArchivedOwner(spec: OwnerSpec = {}): Owner {
  return makeOwner({ archived: true, firstName: '', lastName: '', ...spec });
}

export function makeQueueOwner(spec: OwnerSpec = {}): Owner {
  return makeOwner({ type: 'QUEUE', userId: undefined, firstName: 'Queue', lastName: '', ...spec });
}

/** Everything that an owner may have. The compiler asks for a field that is new, and the tests that use this for its places. */
export const OWNER_WITH_EVERY_FIELD: Required<Owner> = {
  id: toOwnerId('410000001'),
  type: 'PERSON',
  archived: true,
  userId: toUserId('52000001'),
  email: toEmail('jane@example.com'),
  firstName: 'Jane',
  lastName: 'Doe',
  teams: [{ id: '9', name: 'EMEA', primary: true }],
  user: { recordId: toUserRecordId('7001'), internalUserId: toUserId('61000001'), availability: 'away' },
  formerEmails: [toEmail('jd@example.com'), toEmail('jane.d@example.com.invalid')],
  lostEmails: [toEmail('jane.d@example.com')],
  unlisted: true,
};

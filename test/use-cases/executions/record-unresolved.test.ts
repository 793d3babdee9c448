import type { ActionResult } from '../../../lib/domain/outcome.ts';
import { createRecordUnresolved } from '../../../lib/use-cases/executions/record-unresolved.ts';
import { PORTAL_A, toOwnerId } from '../../builders/ids.ts';
import { createFakeUnresolvedEmails } from '../../fakes/unresolved-emails.ts';
import { makeClock } from '../../support/clock.ts';

const [MARA, LENA] = [toOwnerId('1'), toOwnerId('2')];
const COMMAND = { portalId: PORTAL_A, ownerEmail: 'Mara <mara@oldco.example>', workflowId: '71' };

async function noted(result: ActionResult) {
  const clock = makeClock();
  const unresolved = createFakeUnresolvedEmails(clock.now);
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  await createRecordUnresolved({ unresolved, now: clock.now, log }).recordUnresolved(COMMAND, result);
  return unresolved.list(PORTAL_A);
}

it.each<[string, ActionResult, object[]]>([
  [
    'and matches nobody',
    { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' },
    [{ email: 'mara@oldco.example', count: 1 }],
  ],
  ['by an address that they have', { outcome: 'ASSIGNED', ownerId: MARA, matchedBy: 'EMAIL' }, []],
  ['by one that they had', { outcome: 'ASSIGNED', ownerId: MARA, matchedBy: 'FORMER_EMAIL' }, [{ formerOf: MARA }]],
  ['found by one that they had', { outcome: 'FOUND', ownerId: MARA, matchedBy: 'FORMER_EMAIL' }, [{ formerOf: MARA }]],
  [
    'for a leaver who had it',
    { outcome: 'ASSIGNED', ownerId: MARA, substitutedFor: LENA, matchedBy: 'FORMER_EMAIL' },
    [{ formerOf: LENA }],
  ],
  ['and the record kept another owner', { outcome: 'KEPT_EXISTING', ownerId: LENA, matchedBy: 'FORMER_EMAIL' }, []],
])('[M2] An email that was asked for %s is counted as the report needs it', async (_how, result, expected) => {
  expect(await noted(result)).toMatchObject(expected);
});

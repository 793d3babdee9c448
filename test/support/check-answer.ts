import { nameOf, type Person, type PortalPeople } from './portal-people.ts';
import type { OneOfTwo } from './portal-watch.ts';
import type { Answer } from './service.ts';

/** So old may what is known of an owner be (26 hours), and a minute more for what a container remembers. */
const BELIEVED_MS = 26 * 3_600_000 + 61_000;

type Asked = {
  readonly portal: OneOfTwo;
  readonly action: 'set' | 'find';
  readonly person: Person;
  readonly fallback: Person | undefined;
};

export type JudgedAnswer = {
  readonly asked: Asked;
  readonly answer: Answer;
  readonly before: string;
  readonly written: string;
  readonly startedAtEpochMs: number;
};

/** What an answer may say, by what was done to the portal's people and by nothing else. */
export function judgeAnswer(judged: JudgedAnswer, people: PortalPeople, notConnectedUntilEpochMs: number): void {
  const { asked, answer, before, written, startedAtEpochMs } = judged;
  const { portal: portalId, action } = asked;
  const { outcome = '', ownerId = '', errorCode = '', ownerName = '' } = answer.outputs;
  const told = outcome === 'FALLBACK_ASSIGNED' ? (asked.fallback ?? fail()) : asked.person;
  const known = people.find(portalId, told);
  const context = { portalId, outcome, errorCode, person: told };

  // The owner in the answer had the email here, and the record has that owner, or the one before.
  if (outcome === 'KEPT_EXISTING') expect({ ...context, ownerId }).toEqual({ ...context, ownerId: before });
  else if (ownerId !== '')
    expect({ ...context, ids: known.ids }).toEqual({ ...context, ids: expect.arrayContaining([ownerId]) });
  const isWritten = action === 'set' && ['ASSIGNED', 'ALREADY_ASSIGNED', 'FALLBACK_ASSIGNED'].includes(outcome);
  expect({ ...context, written }).toEqual({ ...context, written: isWritten ? ownerId : before });
  if (ownerName.trim() !== '' && outcome !== 'KEPT_EXISTING') expect(ownerName.trim()).toBe(nameOf(portalId, told));

  if (errorCode === 'PORTAL_NOT_CONNECTED') {
    expect({ ...context, isInTrouble: startedAtEpochMs < notConnectedUntilEpochMs }).toEqual({
      ...context,
      isInTrouble: true,
    });
    return;
  }
  // What nobody changed for longer than anything is believed must be answered as it is.
  if (startedAtEpochMs - known.changedAtEpochMs < BELIEVED_MS || outcome === 'KEPT_EXISTING') return;
  if (outcome === 'FAILED') expect({ ...context, isActive: known.isActive }).toEqual({ ...context, isActive: false });
  else expect({ ...context, id: ownerId }).toEqual({ ...context, id: people.ownerIdOf(portalId, told) });
}

function fail(): never {
  throw new Error('the answer is of nothing that was asked');
}

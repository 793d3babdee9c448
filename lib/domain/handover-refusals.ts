/** Why a request about handovers is refused: a code to branch on, and the same as a sentence. */
export const HANDOVER_REFUSALS = {
  OWNER_NOT_FOUND: 'No owner of this account has this ID or email.',
  OWNER_AMBIGUOUS: 'This email leads to several owners. Give the owner ID.',
  NO_SUCCESSOR: 'The leaver has no active successor. Name one, or say who gets the records.',
  TARGET_NOT_ACTIVE: 'The records can only go to an active person.',
  TARGET_IS_LEAVER: 'The records belong to this person already.',
  HANDOVER_RUNNING: 'Another handover of this person is running.',
  HANDOVER_NOT_FOUND: 'There is no such handover.',
  PLAN_CHANGED: 'The plan is not the one that was shown.',
  NOT_POSSIBLE_NOW: 'The handover is in a state that does not allow this.',
  TOO_OLD: 'The handover was planned more than 30 days ago.',
} as const satisfies Readonly<Record<string, string>>;

export type HandoverRefusal = keyof typeof HANDOVER_REFUSALS;

export type HandoverRefused = {
  readonly kind: 'refused';
  readonly reason: HandoverRefusal;
  /** The field that named nobody, several people or the wrong person, if the request names two people. */
  readonly field?: 'leaver' | 'target';
};

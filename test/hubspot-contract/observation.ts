/** What was seen, in fixed words: nothing of an account may be in it. */
export type Observation = {
  readonly seen: string;
  /** What helps to understand it, such as an error category. */
  readonly detail?: string;
};

/** The account, the token or the options lack something that a check needs. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
}

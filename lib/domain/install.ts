/** What the install pages send through HubSpot and back, each good for one install. */
export type UsedStates = {
  /**
   * Takes a state into use: true the first time only, whoever asks and however many at once. A write that was applied although
   * its reply was lost counts as the first time.
   * @param expiresAtEpochMs when the state ends by itself, after which nothing needs to be remembered of it
   */
  use(nonce: string, expiresAtEpochMs: number): Promise<boolean>;
};

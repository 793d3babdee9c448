/** A switch that a fake asks before every call, so that a test can take the thing behind it away and bring it back. */
export type Outage = { fail(error: Error): void; recover(): void; readonly check: () => void };

export function makeOutage(): Outage {
  let standing: Error | undefined;
  return {
    fail(error) {
      standing = error;
    },
    recover() {
      standing = undefined;
    },
    check() {
      if (standing !== undefined) throw standing;
    },
  };
}

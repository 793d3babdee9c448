/**
 * Replaces the AWS SDK's date readers in the bundles, which check every letter. The only date that they could read is in a
 * `Retry-After` header, and JavaScript's own `Date` reads the same forms.
 */
export const parseRfc7231DateTime = read;
export const parseRfc3339DateTime = read;
export const parseRfc3339DateTimeWithOffset = read;

export function parseEpochTimestamp(seconds: number | string | null | undefined): Date | undefined {
  return seconds === null || seconds === undefined ? undefined : valid(new Date(Math.round(Number(seconds) * 1000)));
}

export function dateToUtcString(date: Date): string {
  return date.toUTCString();
}

function read(text: string | null | undefined): Date | undefined {
  return text === null || text === undefined ? undefined : valid(new Date(text));
}

function valid(date: Date): Date {
  if (Number.isNaN(date.getTime())) throw new TypeError('not a date');
  return date;
}

import { reportLarge } from './refresh-large.ts';
import { reportNights } from './refresh-nights.ts';
import { reportUnchanged } from './refresh-unchanged.ts';
import type { Report } from './report.ts';

/** The nightly refresh: what it asks for, how long it takes, what it costs. */
export async function reportRefresh(report: Report, dynamoDbUrl: string): Promise<void> {
  report.heading('Nightly refresh');
  await reportUnchanged(report, dynamoDbUrl);
  await reportLarge(report, dynamoDbUrl);
  await reportNights(report, dynamoDbUrl);
}

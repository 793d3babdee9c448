import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import type { Overview, UnresolvedCsv, UnresolvedPage } from '../../hubspot/src/app/settings/portal-api.ts';
import { openPage, type PageSite } from '../support/page-site.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const EMAILS = 10_000;
const MAX_BYTES = 1_000_000;
let page: PageSite;

/** As long as an address may be, so that no real ones are longer. */
const addressOf = (n: number) =>
  `${String(n).padStart(5, '0')}${'x'.repeat(59)}@${'y'.repeat(60)}.${'z'.repeat(60)}.example.com`;

beforeEach(async () => {
  page = openPage(service());
  const { client, tableName } = service().table;
  for (let start = 0; start < EMAILS; start += 25) {
    const puts = Array.from({ length: 25 }, (_, index) => ({
      PutRequest: {
        Item: {
          pk: { S: `portal#${PORTAL}#unresolved` },
          sk: { S: addressOf(start + index) },
          seen: { N: String(1 + ((start + index) % 7)) },
          workflowIds: { SS: ['62000001', '62000002'] },
          lastSeenAtEpochMs: { N: String(service().clock.now()) },
        },
      },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }));
  }
}, 120_000);

async function get<Body>(path: string, query: Readonly<Record<string, string>> = {}) {
  const { status, body } = await page.fetch<Body>({ path, query });
  expect(status).toBe(200);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(MAX_BYTES);
  return body;
}

it('The settings page reads 10,000 unresolved emails in pages, each below the megabyte that hubspot.fetch carries', async () => {
  const overview = await get<Overview>('/portal/overview');
  expect(overview.unresolved.total).toBeGreaterThan(1_000);
  expect(overview.unresolved.isAtLeast).toBe(true);

  const first = await get<UnresolvedPage>('/portal/unresolved', { limit: '100' });
  const second = await get<UnresolvedPage>('/portal/unresolved', { limit: '100', after: first.after ?? '' });
  const counts = [...first.entries, ...second.entries].map(({ count }) => count);
  expect(counts).toEqual(Array(200).fill(7));
  expect(new Set([...first.entries, ...second.entries].map(({ email }) => email)).size).toBe(200);

  const part = await get<UnresolvedCsv>('/portal/unresolved', { format: 'csv' });
  expect(part.csv.trimEnd().split('\r\n')).toHaveLength(501);
  expect(part.after).toBeDefined();
}, 120_000);

import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { startEmbeddedSqs } from '../../local/embedded-sqs.ts';

it.each([
  ['table', startEmbeddedDynamoDb],
  ['queue', startEmbeddedSqs],
])('A web page that is open in a browser cannot ask the embedded engine of the %s', async (_what, start) => {
  const { endpoint, close } = await start();
  const ask = (more: Record<string, string>) =>
    fetch(endpoint, { method: 'POST', headers: { connection: 'close', ...more }, body: '{}' });
  const [ofProgram, ofPage] = [await ask({}), await ask({ origin: 'https://evil.example.com' })];
  expect([ofProgram.status === 403, ofPage.status]).toEqual([false, 403]);
  expect(ofPage.headers.get('access-control-allow-origin')).toBeNull();
  await close();
});

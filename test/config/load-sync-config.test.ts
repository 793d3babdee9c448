import { loadSyncConfig } from '../../lib/config/load-config.ts';
import type { ReadSecrets } from '../../lib/config/secrets.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:digest';
const GOOD = {
  HUBSPOT_ACCESS_TOKEN: 'pat-test-token',
  HUBSPOT_PORTAL_ID: '8200001',
  TABLE_NAME: 'owners',
  REFRESH_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/refresh',
  DIGEST_TOPIC_ARN: TOPIC,
};
const noSecrets: ReadSecrets = async () => ({});
const load = (changes: Readonly<Record<string, string>> = {}) => loadSyncConfig({ ...GOOD, ...changes }, noSecrets);

it('A digest has neither addresses nor a link unless they are configured', async () => {
  expect((await load()).digest).toEqual({ topicArn: TOPIC, withAddresses: false, pageUrl: undefined });
  expect((await load({ DIGEST_PAGE_URL: '' })).digest?.pageUrl).toBeUndefined();
});

it('An address of the settings page without a topic configures no digest', async () => {
  const config = await load({ DIGEST_TOPIC_ARN: '', DIGEST_PAGE_URL: 'https://app.hubspot.com/{portalId}' });
  expect(config.digest).toBeUndefined();
});

it.each([
  ['https://app.hubspot.com/any/{portalId}/page', 'the first data center'],
  ['https://app-eu1.hubspot.com/any/{portalId}/page', 'another data center'],
  ['https://hubspot.com/{portalId}', 'the domain itself'],
  ['https://App.HubSpot.com/{portalId}', 'a host in capitals'],
  ['https://app.hubspot.com/{portalId}/page?account={portalId}', 'the account twice'],
  ['https://app.hubspot.com/page?a_b=1&account={portalId}#tab-2', 'the account in the query, and a fragment'],
])('The address %s of the settings page is accepted as it is: %s', async (pageUrl) => {
  expect((await load({ DIGEST_PAGE_URL: pageUrl })).digest?.pageUrl).toBe(pageUrl);
});

it('The address of the settings page loses the white space around it', async () => {
  const pageUrl = ' https://app.hubspot.com/{portalId}\n';
  expect((await load({ DIGEST_PAGE_URL: pageUrl })).digest?.pageUrl).toBe('https://app.hubspot.com/{portalId}');
});

it.each([
  [' ', 'white space'],
  ['app.hubspot.com/{portalId}', 'no scheme'],
  ['http://app.hubspot.com/{portalId}', 'in the clear'],
  ['ftp://app.hubspot.com/{portalId}', 'another protocol'],
  ['https://app.hubspot.com/8200001/page', 'no placeholder'],
  ['https://app.hubspot.com/{portalID}/page', 'a misspelled placeholder'],
  ['https://app.hubspot.com/{portalId}/{appId}', 'another placeholder'],
  ['https://app.hubspot.com/{{portalId}}', 'a brace too many'],
  ['https://{portalId}.hubspot.com/', 'the placeholder in the host only'],
  ['https://{portalId}.hubspot.com/{portalId}', 'the placeholder in the host, too'],
  ['https://hubspot.example.com/{portalId}', 'another domain'],
  ['https://nothubspot.com/{portalId}', 'a domain that only ends like it'],
  ['https://app.hubspot.com.example.com/{portalId}', 'a domain that only begins like it'],
  ['https://app.hubspot.com@example.com/{portalId}', 'a host that is a user name'],
  ['https://example.com\\@app.hubspot.com/{portalId}', 'a host before a backslash'],
  ['https://example.com?.hubspot.com/{portalId}', 'a host before a query'],
  ['https://example.com#.hubspot.com/{portalId}', 'a host before a fragment'],
  ['https://app.hubspot.com:8443/{portalId}', 'a port'],
  ['https://app.hubspot.com./{portalId}', 'the dot of the root'],
  ['https://app..hubspot.com/{portalId}', 'an empty part of the host'],
  ['https://app.hubsp\u043et.com/{portalId}', 'a letter that only looks like an o'],
  ['https:///app.hubspot.com/{portalId}', 'a slash too many'],
  ['https://app.hubspot.com/{portalId}/a page', 'a space inside'],
  ['https://app.hubspot.com/{portalId}\n/page', 'a line break inside'],
  ['https://app.hubspot.com/{portalId}/<page>', 'a character that ends a link in an email'],
  ['https://app.hubspot.com/{portalId}/*page*', 'a character that a chat reads as emphasis'],
])('[S15] The address %j of the settings page is reported by its name only: %s', async (pageUrl) => {
  const error = await load({ DIGEST_PAGE_URL: pageUrl }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    name: 'ConfigError',
    code: 'CONFIG_INVALID',
    message:
      "Configuration is wrong. DIGEST_PAGE_URL: must be the https address of a page on hubspot.com without a port, with {portalId} in place of the account's ID, and otherwise only letters, digits and -._/?#=&%+:@,;!$",
  });
});

import { signatureHeaders, signV2, signV3 } from '../../../local/simulator/sign.ts';

const SECRET = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
const uri = 'https://www.example.com/webhook_uri';

/** Vectors from HubSpot's documentation and SDK; the v3 ones were computed by hand from the documented recipe. */
it.each([
  ['GET', '', 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e'],
  ['POST', '{"example_field":"example_value"}', '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900'],
])('The v2 signature of a %s equals the documented vector', (method, body, expected) => {
  expect(signV2(SECRET, { method, uri, body })).toBe(expected);
});

it.each([
  ['{"example_field":"example_value"}', 'oaA3M5dEtt6kFsseJD/Hv/x+JNl1vsoxFj4oxmwP6Go='],
  ["{'example_field':'example_value'}", 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y='],
])('The v3 signature over %s equals the known vector', (body, expected) => {
  expect(signV3(SECRET, { method: 'POST', uri, body }, 1_693_657_560_000)).toBe(expected);
});

it('The v3 signature decodes exactly the documented escapes, and v2 decodes none', () => {
  const escaped = { method: 'GET', uri: `${uri}?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B&b=%20%25`, body: '' };
  const decoded = { ...escaped, uri: `${uri}?a=:/?@!$'()*,;&b=%20%25` };
  expect(signV3(SECRET, escaped, 1)).toBe(signV3(SECRET, decoded, 1));
  expect(signV2(SECRET, escaped)).not.toBe(signV2(SECRET, decoded));
});

it('Requests are signed with v2 and v3, or with v2 only', () => {
  const parts = { method: 'POST', uri, body: '{}' };
  expect(signatureHeaders(SECRET, parts, 5, 'v2+v3')).toEqual({
    'X-HubSpot-Signature': signV2(SECRET, parts),
    'X-HubSpot-Signature-Version': 'v2',
    'X-HubSpot-Signature-v3': signV3(SECRET, parts, 5),
    'X-HubSpot-Request-Timestamp': '5',
  });
  expect(Object.keys(signatureHeaders(SECRET, parts, 5, 'v2'))).toEqual([
    'X-HubSpot-Signature',
    'X-HubSpot-Signature-Version',
  ]);
});

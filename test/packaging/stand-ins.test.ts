import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { AdaptiveRetryStrategy } from '../../infra/bundle/no-adaptive-retries.ts';
import { loadSharedConfigFiles } from '../../infra/bundle/no-config-files.ts';
import { HeaderFormatter } from '../../infra/bundle/no-event-headers.ts';
import { sendBufferedRequest } from '../../infra/bundle/no-hubspot-transport.ts';
import { getInstanceMetadataRegion } from '../../infra/bundle/no-instance-metadata.ts';
import { Sha256Js } from '../../infra/bundle/no-js-sha256.ts';
import { ObjectSerializer } from '../../infra/bundle/no-owner-models.ts';
import { resolveParamsForS3 } from '../../infra/bundle/no-s3.ts';
import {
  dateToUtcString,
  parseEpochTimestamp,
  parseRfc3339DateTime,
  parseRfc7231DateTime,
} from '../../infra/bundle/plain-dates.ts';
import { readBundleSettings } from '../../infra/bundle/settings.ts';
import { toDeadline } from '../../lib/domain/deadline.ts';
import { parseOwnerId, parsePortalId, parseUserId } from '../../lib/domain/ids.ts';
import { createOwnersApi } from '../../lib/hubspot/api/owners.ts';
import type { SendForPortal } from '../../lib/hubspot/client.ts';
import type { HubSpotRequest } from '../../lib/hubspot/transport.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

it.each([
  ['retries', () => new AdaptiveRetryStrategy(), 'adaptive retries are not bundled'],
  ['hashes', () => new Sha256Js(), 'SHA-256 in JavaScript is not bundled'],
  ['events', () => new HeaderFormatter().format(), 'events are not bundled'],
  ['addresses of S3', () => resolveParamsForS3(), 'S3 is not bundled'],
  ['requests', () => sendBufferedRequest(), "the HubSpot SDK's transport is not bundled"],
  ['models', () => ObjectSerializer.serialize({ email: 'jane@example.com' }), 'models of owners are not bundled'],
])('The stand-in for %s in the bundles cannot be used by mistake', (_, use, message) => {
  expect(use).toThrow(message);
});

it.each([
  ['a Retry-After header', () => parseRfc7231DateTime('Fri, 27 Nov 2026 21:34:04 GMT')],
  ['an old form of that header', () => parseRfc7231DateTime('Friday, 27-Nov-26 21:34:04 GMT')],
  ['text', () => parseRfc3339DateTime('2026-11-27T22:34:04+01:00')],
  ['seconds', () => parseEpochTimestamp(1_795_815_244)],
  ['seconds as text', () => parseEpochTimestamp('1795815244')],
])('The bundles read a date that AWS sends as %s', (_, read) => {
  expect(read()?.toISOString()).toBe('2026-11-27T21:34:04.000Z');
});

it('The bundles refuse what is no date, read none as none, and write dates as headers have them', () => {
  expect(() => parseRfc7231DateTime('soon GMT')).toThrow(TypeError);
  expect(() => parseEpochTimestamp('soon')).toThrow(TypeError);
  expect([parseRfc7231DateTime(null), parseEpochTimestamp(undefined)]).toEqual([undefined, undefined]);
  expect(dateToUtcString(new Date(1_795_815_244_000))).toBe('Fri, 27 Nov 2026 21:34:04 GMT');
});

it('The stand-ins for files and metadata of a machine find no setting, so that the AWS SDK takes its own', async () => {
  expect(await loadSharedConfigFiles()).toEqual({ configFile: {}, credentialsFile: {} });
  expect(await getInstanceMetadataRegion()).toBeUndefined();
});

it('The bundles build the same requests for owners as the HubSpot SDK does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'owners-'));
  const outfile = join(folder, 'owners.cjs');
  await build({ ...readBundleSettings(PROJECT_DIR), entryPoints: ['lib/hubspot/api/owners.ts'], outfile });
  const bundled = createRequire(outfile)(outfile) as { createOwnersApi: typeof createOwnersApi };
  const requests = await requestsOf(createOwnersApi);
  expect(requests).toHaveLength(6);
  expect(await requestsOf(bundled.createOwnersApi)).toEqual(requests);
  await rm(folder, { recursive: true });
});

/** Every request for owners that we make, with and without what is optional. */
async function requestsOf(create: typeof createOwnersApi): Promise<readonly HubSpotRequest[]> {
  const requests: HubSpotRequest[] = [];
  const send: SendForPortal = async (_, request) => {
    requests.push(request);
    return { status: 404, headers: {}, body: '', document: undefined };
  };
  const api = create(send, 'https://api.example.com');
  const [portalId, ownerId, userId] = [parsePortalId('1'), parseOwnerId('2'), parseUserId('3')];
  if (portalId === undefined || ownerId === undefined || userId === undefined) throw new Error('ids are wrong');
  const calls = [
    () => api.listByEmail(portalId, 'jane+de@example.com', 'active', toDeadline(1)),
    () => api.listByEmail(portalId, 'jane@example.com', 'archived', toDeadline(1)),
    () => api.listPage(portalId, 'active', undefined, toDeadline(1)),
    () => api.listPage(portalId, 'archived', 'next', toDeadline(1)),
    () => api.findById(portalId, ownerId, 'archived', toDeadline(1)),
    () => api.findByUserId(portalId, userId, 'active', toDeadline(1)),
  ];
  for (const call of calls) await Promise.allSettled([call()]);
  return requests;
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHandler } from '../../functions/set-owner-by-email.ts';
import { loadConfig, loadInstallConfig } from '../../lib/config/load-config.ts';
import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { lazySetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { checkDeployment } from '../../local/check-deployment.ts';
import { checkProject } from '../../local/doctor/project.ts';
import { completeEnvironment } from '../../local/environment.ts';
import { hubspotProjectFiles } from '../../local/hubspot-project/hubspot-project.ts';
import { readAssets, stageFolder, writeFolder } from '../../local/hubspot-project/project-folder.ts';
import { CLIENT_SECRET, makeContext, makeEvent } from '../support/http-events.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

/** Spellings of an address, and the one that a client puts into its request. */
const SPELLINGS: readonly (readonly [string, string, string])[] = [
  ['as it is', 'https://owner.example.com', 'https://owner.example.com'],
  ['with capital letters', 'https://Owner.Example.com', 'https://owner.example.com'],
  ['with a capital scheme', 'HTTPS://owner.example.com', 'https://owner.example.com'],
  ['with the default port', 'https://owner.example.com:443', 'https://owner.example.com'],
  ['with another port', 'https://owner.example.com:8443', 'https://owner.example.com:8443'],
  ['in Unicode', 'https://büro.example.com', 'https://xn--bro-hoa.example.com'],
  ['in Unicode, decomposed and capital', 'https://BU\u0308RO.example.com', 'https://xn--bro-hoa.example.com'],
  ['in punycode', 'https://xn--bro-hoa.example.com', 'https://xn--bro-hoa.example.com'],
  ['with the dot of the root', 'https://owner.example.com.', 'https://owner.example.com'],
  ['with a base path, whose case counts', 'https://Owner.Example.com:443/Prod/v1', 'https://owner.example.com/Prod/v1'],
  ['with all of it', 'HTTPS://BÜRO.Example.COM.:443/Base', 'https://xn--bro-hoa.example.com/Base'],
];

const ENVIRONMENT = {
  HUBSPOT_CLIENT_SECRET: CLIENT_SECRET,
  HUBSPOT_ACCESS_TOKEN: 'pat-test-1',
  HUBSPOT_PORTAL_ID: '8200001',
  TABLE_NAME: 'owners',
  ASSIGN_QUEUE_URL: 'https://sqs.example.com/assign',
  REFRESH_QUEUE_URL: 'https://sqs.example.com/refresh',
};
const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
});

describe.each(SPELLINGS)('[W14] PUBLIC_BASE_URL %s', (_how, spelled, canonical) => {
  it('The action accepts a signature for the called address, in any spelling of PUBLIC_BASE_URL', async () => {
    Object.assign(process.env, ENVIRONMENT, { PUBLIC_BASE_URL: spelled });
    const telemetry = makeTelemetry();
    const handler = createHandler(telemetry, lazySetOwnerRuntime(telemetry));
    for (const signatures of ['v2+v3', 'v2'] as const) {
      const signed = makeEvent({ body: '{}', nowEpochMs: Date.now(), baseUrl: canonical, signatures });
      // Signed, and no execution: 400 shows that the signature is good.
      expect(await handler(signed, makeContext())).toMatchObject({ statusCode: 400 });
    }
    const other = makeEvent({ body: '{}', nowEpochMs: Date.now(), baseUrl: `${canonical}/other` });
    expect(await handler(other, makeContext())).toMatchObject({ statusCode: 401 });
  });

  it('Admins are sent back to the called address when no redirect URI is set, in any spelling of PUBLIC_BASE_URL', async () => {
    const config = await loadInstallConfig(
      { ...ENVIRONMENT, PUBLIC_BASE_URL: spelled, HUBSPOT_CLIENT_ID: 'any', LOCAL_TOKEN_KEY: btoa('k'.repeat(32)) },
      async () => ({}),
    );
    expect(config?.oauth.redirectUri).toBe(`${canonical}/oauth/callback`);
    expect(config?.publicBaseUrl).toBe(canonical);
  });

  it('The HubSpot project contains the normalized PUBLIC_BASE_URL, which the doctor looks for', () => {
    const root = mkdtempSync(join(tmpdir(), 'spelling-'));
    const projectDir = join(root, stageFolder('prod'));
    const files = hubspotProjectFiles({ publicBaseUrl: normalizeBaseUrl(spelled), auth: 'oauth' });
    writeFolder(projectDir, new Map([...files, ...readAssets(root)]));
    const file = join(projectDir, 'src/app/workflow-actions/set-owner-by-email-hsmeta.json');
    const { actionUrl } = JSON.parse(readFileSync(file, 'utf8')).config;
    const findings = checkProject(root, 'prod', normalizeBaseUrl(spelled), 'oauth');
    rmSync(root, { recursive: true });
    expect(actionUrl).toBe(`${canonical}/actions/set-owner-by-email`);
    expect(findings).toMatchObject([{ verdict: 'good' }]);
  });

  it('The smoke test signs and calls the normalized PUBLIC_BASE_URL', async () => {
    const called: string[] = [];
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      called.push(String(url));
      return Response.json({});
    });
    await checkDeployment({ publicBaseUrl: spelled, clientSecret: CLIENT_SECRET, portalId: '1', now: Date.now });
    expect(called.filter((url) => !url.startsWith(`${canonical}/`))).toEqual([]);
    expect(called).toContain(`${canonical}/actions/set-owner-by-email`);
  });

  it('The local stack signs for the normalized PUBLIC_BASE_URL', async () => {
    const given = (name: string) => (name === 'PUBLIC_BASE_URL' ? spelled : undefined);
    const urls = { hubspotUrl: 'http://127.0.0.1:1', dynamoDbUrl: undefined, sqsUrl: undefined };
    const queues = { refreshQueueUrl: 'http://127.0.0.1/r', assignQueueUrl: 'http://127.0.0.1/a' };
    const environment = await completeEnvironment(given, { httpPort: 3000, ...urls, ...queues });
    expect(environment.PUBLIC_BASE_URL).toBe(canonical);
  });
});

it('[W14] A given redirect URI stays unchanged, because HubSpot compares it with the one in the app', async () => {
  const config = await loadConfig(
    {
      ...ENVIRONMENT,
      PUBLIC_BASE_URL: 'https://owner.example.com',
      HUBSPOT_CLIENT_ID: 'any',
      LOCAL_TOKEN_KEY: btoa('k'.repeat(32)),
      HUBSPOT_REDIRECT_URI: 'https://Owner.Example.com/oauth/callback',
    },
    async () => ({}),
  );
  expect(config?.oauth?.redirectUri).toBe('https://Owner.Example.com/oauth/callback');
});

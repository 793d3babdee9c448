import { addApp } from '../../../local/simulator/seed-apps.ts';
import type { Running } from './use-simulator.ts';

export const CLIENT_ID = '3c5a9f10-0000-4000-8000-000000000001';
const CLIENT_SECRET = 'secret-of-the-app';
export const REDIRECT_URI = 'https://app.example.com/oauth/callback';
export const REQUIRED = ['oauth', 'crm.objects.owners.read'];
export const OPTIONAL = ['crm.objects.users.read', 'crm.objects.custom.write'];
export const CREDENTIALS = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

export type Fields = Readonly<Record<string, string>>;

/** What an app's server and a person's browser do with the OAuth pages of the running simulator. */
export function useApp(running: () => Running) {
  beforeEach(() => {
    addApp(running().simulator.state, {
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      redirectUris: [REDIRECT_URI, 'http://localhost:3000/cb?a=1'],
      requiredScopes: REQUIRED,
      optionalScopes: OPTIONAL,
    });
  });

  const post = (path: string, fields: Fields): Promise<Response> =>
    fetch(`${running().simulator.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });

  const asked = { client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, scope: REQUIRED.join(' ') };
  const decide = (fields: Fields): Promise<Response> => post('/oauth/authorize/decision', { ...asked, ...fields });

  async function getCode(portalId: number, fields: Fields = {}): Promise<string> {
    const response = await decide({ decision: 'connect', portal_id: String(portalId), ...fields });
    expect(response.status).toBe(302);
    return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
  }

  const postToken = (fields: Fields): Promise<Response> => post('/oauth/2026-09/token', { ...CREDENTIALS, ...fields });

  return {
    asked,
    post,
    decide,
    getCode,
    postToken,
    exchange: (code: string, fields: Fields = {}): Promise<Response> =>
      postToken({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...fields }),
    refresh: (refreshToken: string, fields: Fields = {}): Promise<Response> =>
      postToken({ grant_type: 'refresh_token', refresh_token: refreshToken, ...fields }),
    authorize: (fields: Fields = {}): Promise<Response> =>
      fetch(`${running().simulator.url}/oauth/authorize?${new URLSearchParams({ ...asked, ...fields })}`, {
        redirect: 'manual',
      }),
    statusWith: async (token: string, path = '/crm/owners/2026-09'): Promise<number> =>
      (await running().call(path, { token })).status,
  };
}

import { chooseInstaller } from '../app-installs.ts';
import {
  AUTHORIZE_FIELDS,
  type AuthorizeRequest,
  grantedScopes,
  missingInPortal,
  readAuthorizeRequest,
  redirectLocation,
} from '../authorize-request.ts';
import { answerConsentPage, answerErrorPage, DECISION_PATH } from '../consent-page.ts';
import { readForm } from '../form.ts';
import type { Reply } from '../replies.ts';
import type { Portal, SimulatorState } from '../state.ts';
import { makeAuthorizationCode } from '../token-values.ts';
import type { OpenRequest, OpenRoute } from './open-route.ts';

/** HubSpot documents no lifetime for codes; ten minutes is the maximum that RFC 6749, section 4.1.2, recommends. */
const CODE_LIFETIME_MS = 10 * 60_000;

function redirectTo(location: string): Reply {
  return { status: 302, body: '', headers: { Location: location, 'Cache-Control': 'no-store' } };
}

/** Redirects a person with a wrong authorize URL. A correct app never builds one. */
function checkRequest(request: OpenRequest, fields: ReadonlyMap<string, string>): AuthorizeRequest | Reply {
  const reading = readAuthorizeRequest(request.state, fields);
  if (reading.kind === 'valid') return reading.request;
  request.report(reading.wrong);
  return reading.kind === 'redirect' ? redirectTo(reading.location) : answerErrorPage(400, reading.wrong);
}

function showConsent(request: OpenRequest): Reply {
  const checked = checkRequest(request, request.query);
  return 'status' in checked ? checked : answerConsentPage(checked, request.query, [...request.state.portals.values()]);
}

function grantCode(state: SimulatorState, portal: Portal, asked: AuthorizeRequest): string {
  const code = makeAuthorizationCode();
  asked.app.codes.set(code, {
    portalId: portal.portalId,
    redirectUri: asked.redirectUri,
    scopes: grantedScopes(portal, asked),
    userId: chooseInstaller(state, portal),
    expiresAtEpochMs: state.now() + CODE_LIFETIME_MS,
  });
  return code;
}

function connect(state: SimulatorState, asked: AuthorizeRequest, portalId: string): Reply {
  const portal = state.portals.get(Number(portalId));
  if (portal === undefined) return answerErrorPage(400, 'Choose an account first.');
  const missing = missingInPortal(portal, asked);
  if (missing.length > 0) return answerErrorPage(403, `This account does not have: ${missing.join(', ')}`);
  const code = grantCode(state, portal, asked);
  return redirectTo(redirectLocation(asked.redirectUri, { code }, asked.state));
}

function decide(request: OpenRequest): Reply {
  const form = readForm(request.contentType, request.body, [...AUTHORIZE_FIELDS, 'portal_id', 'decision']);
  if ('wrong' in form) return answerErrorPage(form.status, form.wrong);
  const { fields } = form;
  const asked = checkRequest(request, fields);
  if ('status' in asked) return asked;
  switch (fields.get('decision')) {
    case 'connect':
      return connect(request.state, asked, fields.get('portal_id') ?? '');
    case 'cancel': {
      const denied = { error: 'access_denied', error_description: 'The user denied access to the app' };
      return redirectTo(redirectLocation(asked.redirectUri, denied, asked.state));
    }
    default:
      return answerErrorPage(400, 'Connect the app or cancel.');
  }
}

export const authorizeRoutes: readonly OpenRoute[] = [
  {
    name: 'GET authorize',
    method: 'GET',
    template: '/oauth/authorize',
    queryParameters: AUTHORIZE_FIELDS,
    handleOpen: showConsent,
  },
  {
    name: 'POST authorize decision',
    method: 'POST',
    template: DECISION_PATH,
    queryParameters: [],
    handleOpen: decide,
  },
];

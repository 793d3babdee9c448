import { APP_DISPLAY_NAME } from '../../lib/action/labels.ts';
import { CALLBACK_ROUTE } from '../../lib/domain/app-urls.ts';
import {
  type AppPurpose,
  DEFAULT_PURPOSE,
  OPTIONAL_SCOPES,
  REQUIRED_SCOPES,
  scopesFor,
} from '../../lib/domain/scopes.ts';
import type { AppAuth } from './project-identity.ts';
import { EXAMPLE_SUPPORT, type ProjectOptions } from './project-options.ts';

/**
 * From the project's `src`, as in published projects. HubSpot's app configuration page names png, jpeg, gif and bmp (read
 * 2026-11-27) and no size. It is 800 × 800, which is what its marketplace asks of a listing. Drawn from app-logo.svg beside it.
 */
const LOGO = '/app/app-logo.png';

/**
 * `static` is an app of one account with a token that HubSpot shows there. `oauth` is an app that any account installs;
 * `marketplace` is HubSpot's word for an app without an allow list.
 */
export function toApp(options: ProjectOptions & { readonly auth: AppAuth }, uid: string, baseUrl: string) {
  const { auth, appName = APP_DISPLAY_NAME, support = EXAMPLE_SUPPORT } = options;
  return {
    uid,
    type: 'app',
    config: {
      name: appName,
      description: 'Workflow actions that turn an email address into the right owner of a record.',
      logo: LOGO,
      distribution: auth === 'static' ? 'private' : 'marketplace',
      auth: auth === 'static' ? toStaticAuth(options.purpose ?? DEFAULT_PURPOSE) : toOAuth(baseUrl),
      // The settings page calls the service. HubSpot accepts prefixes of addresses.
      permittedUrls: { fetch: [baseUrl], iframe: [], img: [] },
      support,
    },
  };
}

/**
 * A static app can require scopes and nothing else (scopes page, read 2026-11-26). A scope that the account cannot grant stops
 * the install.
 */
function toStaticAuth(purpose: AppPurpose) {
  return { type: 'static', requiredScopes: scopesFor(purpose), optionalScopes: [], conditionallyRequiredScopes: [] };
}

/**
 * The minimum is required, the rest optional: an account without a hub could not grant its scopes, and the install would be
 * blocked.
 */
function toOAuth(baseUrl: string) {
  return {
    type: 'oauth',
    redirectUrls: [`${baseUrl}${CALLBACK_ROUTE}`],
    requiredScopes: REQUIRED_SCOPES,
    optionalScopes: OPTIONAL_SCOPES,
    conditionallyRequiredScopes: [],
  };
}

import type { Locale } from '../../lib/action/labels.ts';
import type { AppPurpose } from '../../lib/domain/scopes.ts';
import type { AppAuth, ProjectIdentity } from './project-identity.ts';

/** The address in the template. HubSpot cannot reach it, so a project with it is refused before an upload. */
export const EXAMPLE_BASE_URL = 'https://owner.example.com';

/** HubSpot shows these to people who need help with the app. */
export type AppSupport = {
  readonly supportEmail: string;
  readonly documentationUrl: string;
  readonly supportUrl: string;
};

/** The template's addresses. A project with them is refused before an upload. */
export const EXAMPLE_SUPPORT: AppSupport = {
  supportEmail: 'support@example.com',
  documentationUrl: 'https://example.com/docs',
  supportUrl: 'https://example.com/support',
};

/** What a HubSpot project is made with. */
export type ProjectOptions = {
  /** Scheme, host and perhaps a base path, which HubSpot calls. */
  readonly publicBaseUrl: string;
  /** Default: `static`. */
  readonly auth?: AppAuth;
  /** Each stage except `prod` has its own project name, so that an upload never replaces another stage's project. */
  readonly stage?: string;
  /** What the app is called in HubSpot. */
  readonly appName?: string;
  /** The purpose of a static app. An OAuth app asks for everything, most of it optional. */
  readonly purpose?: AppPurpose;
  /** The identity of an uploaded project. Kept as long as the app's auth stays the same. */
  readonly identity?: ProjectIdentity;
  readonly support?: AppSupport;
  /** Whether HubSpot's AI agents may use the action that finds an owner. Default: true. */
  readonly agents?: boolean;
  /** The language of the labels that HubSpot accepts in one language only. Default: English. */
  readonly language?: Locale;
};

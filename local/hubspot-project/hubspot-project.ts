import {
  type ActionDefinition,
  FIND_OWNER_BY_EMAIL,
  type InputField,
  SET_OWNER_BY_EMAIL,
} from '../../lib/action/definition.ts';
import {
  type ActionKey,
  type ActionLabels,
  APP_DISPLAY_NAME,
  LANGUAGES,
  LOCALES,
  toActionLabels,
} from '../../lib/action/labels.ts';
import { CALLBACK_ROUTE } from '../../lib/domain/app-urls.ts';
import {
  type AppPurpose,
  DEFAULT_PURPOSE,
  OPTIONAL_SCOPES,
  REQUIRED_SCOPES,
  scopesFor,
} from '../../lib/domain/scopes.ts';

/** What the committed project points at. A deployment generates its own with `PUBLIC_BASE_URL`. */
export const EXAMPLE_BASE_URL = 'https://owner.example.com';

export type ProjectAction = {
  readonly key: ActionKey;
  /** Name of the component's file, without `-hsmeta.json`. */
  readonly fileName: string;
  readonly definition: ActionDefinition;
};

export const PROJECT_ACTIONS: readonly ProjectAction[] = [
  { key: 'setOwner', fileName: 'set-owner-by-email', definition: SET_OWNER_BY_EMAIL },
  { key: 'findOwner', fileName: 'find-owner-by-email', definition: FIND_OWNER_BY_EMAIL },
];

type AppAuth = 'static' | 'oauth';

export type AppSupport = {
  readonly supportEmail: string;
  readonly documentationUrl: string;
  readonly supportUrl: string;
};

export type ProjectOptions = {
  /** Scheme, host and perhaps a base path, as HubSpot is to call it. */
  readonly publicBaseUrl: string;
  /** Default: `static`. */
  readonly auth?: AppAuth;
  /** What the app is called in HubSpot. */
  readonly appName?: string;
  /** What a static app asks for. An OAuth app asks for everything, most of it optional. */
  readonly purpose?: AppPurpose;
  /** What HubSpot knows an uploaded project by; it changes neither. Kept for as long as the app's auth stays the same. */
  readonly identity?: { readonly auth: AppAuth; readonly projectName: string; readonly appUid: string };
  /** Shown in HubSpot to whoever needs help with the app. */
  readonly support?: AppSupport;
  readonly actions?: readonly ProjectAction[];
};

/**
 * The whole HubSpot project, path in the repository → text. Same input, same bytes.
 *
 * File shapes: HubSpot's project components for platform 2026.09, read 2026-11-23. `published`, `functions` and the fields
 * that only replies have are left out on purpose: a project upload refuses or drops them.
 * @throws {TypeError} when the base URL is not one HubSpot would call
 */
export function hubspotProjectFiles(options: ProjectOptions): ReadonlyMap<string, string> {
  const baseUrl = parseBaseUrl(options.publicBaseUrl);
  const { auth = 'static' } = options;
  const kept = options.identity?.auth === auth ? options.identity : undefined;
  const { projectName, appUid } = kept ?? { projectName: PROJECT_NAMES[auth], appUid: APP_UIDS[auth] };
  const files = new Map<string, string>([
    ['hubspot/hsproject.json', toJson({ name: projectName, srcDir: 'src', platformVersion: '2026.09' })],
    ['hubspot/src/app/app-hsmeta.json', toJson(toApp({ ...options, auth }, appUid, baseUrl))],
  ]);
  for (const action of options.actions ?? PROJECT_ACTIONS) {
    files.set(`hubspot/src/app/workflow-actions/${action.fileName}-hsmeta.json`, toJson(toComponent(action, baseUrl)));
  }
  return files;
}

/** HubSpot renames no project and changes neither an app's auth nor its distribution after the first upload (read 2026-11-26). */
const PROJECT_NAMES: Readonly<Record<AppAuth, string>> = {
  static: 'set-owner-by-email',
  oauth: 'set-owner-by-email-oauth',
};
const APP_UIDS: Readonly<Record<AppAuth, string>> = {
  static: 'set_owner_by_email_app',
  oauth: 'set_owner_by_email_oauth_app',
};

/** Not for upload: HubSpot would show it to people who need help. */
export const EXAMPLE_SUPPORT: AppSupport = {
  supportEmail: 'support@example.com',
  documentationUrl: 'https://example.com/docs',
  supportUrl: 'https://example.com/support',
};

/**
 * `static` is an app of one account with a token that is shown there; `oauth` one that any account installs, `marketplace` being
 * HubSpot's word for what is not held to an allow list.
 */
function toApp(options: ProjectOptions & { readonly auth: AppAuth }, uid: string, baseUrl: string) {
  const { auth, appName = APP_DISPLAY_NAME, support = EXAMPLE_SUPPORT } = options;
  return {
    uid,
    type: 'app',
    config: {
      name: appName,
      description: 'Workflow actions that turn an email address into the right owner of a record.',
      distribution: auth === 'static' ? 'private' : 'marketplace',
      auth: auth === 'static' ? toStaticAuth(options.purpose ?? DEFAULT_PURPOSE) : toOAuth(baseUrl),
      // Only UI extensions fetch from the browser, and this app has none.
      permittedUrls: { fetch: [], iframe: [], img: [] },
      support,
    },
  };
}

/** A static app can require scopes and nothing else (scopes page, read 2026-11-26). What an account cannot grant stops the install. */
function toStaticAuth(purpose: AppPurpose) {
  return { type: 'static', requiredScopes: scopesFor(purpose), optionalScopes: [], conditionallyRequiredScopes: [] };
}

/** The minimum is required, the rest optional: an account that lacks a hub could not grant it, and the install would be blocked. */
function toOAuth(baseUrl: string) {
  return {
    type: 'oauth',
    redirectUrls: [`${baseUrl}${CALLBACK_ROUTE}`],
    requiredScopes: REQUIRED_SCOPES,
    optionalScopes: OPTIONAL_SCOPES,
    conditionallyRequiredScopes: [],
  };
}

function toComponent({ key, definition }: ProjectAction, baseUrl: string) {
  const labels = Object.fromEntries(
    LOCALES.map((locale) => [locale, toActionLabels(LANGUAGES[locale], key, definition.inputFields)] as const),
  );
  const english = toActionLabels(LANGUAGES.en, key, definition.inputFields);
  return {
    uid: definition.uid,
    type: 'workflow-action',
    config: {
      actionUrl: `${baseUrl}${definition.route}`,
      isPublished: true,
      supportedClients: [{ client: 'WORKFLOWS' }],
      // Empty means every type of workflow, custom objects and leads included.
      objectTypes: [],
      ...(definition.requestedProperties.length > 0 && {
        objectRequestOptions: { properties: definition.requestedProperties },
      }),
      inputFields: definition.inputFields.map((field) => toInputField(field, english, baseUrl)),
      inputFieldDependencies: toDependencies(definition.inputFields),
      outputFields: definition.outputFields.map(({ name, type, options = [] }) => ({
        typeDefinition: {
          name,
          type,
          fieldType: OUTPUT_FIELD_TYPES[type],
          externalOptions: false,
          // Branches of a workflow show these; the values themselves are what the documentation names.
          options: options.map((value) => ({ label: value, value })),
        },
      })),
      executionRules: definition.executionRules,
      labels,
    },
  };
}

/** How HubSpot shows an output of a type. */
const OUTPUT_FIELD_TYPES = { string: 'text', number: 'number', enumeration: 'select' } as const;

function toInputField(field: InputField, labels: ActionLabels, baseUrl: string) {
  const optionLabels = labels.inputFieldOptionLabels[field.name];
  return {
    typeDefinition: {
      name: field.name,
      type: field.type,
      fieldType: field.fieldType,
      // Given here, even where there is nothing to choose, or fetched; never both.
      ...(field.optionsRoute === undefined
        ? { options: (field.options ?? []).map((value) => ({ label: optionLabels?.[value] ?? value, value })) }
        : { optionsUrl: `${baseUrl}${field.optionsRoute}` }),
      ...(field.referencedObjectType !== undefined && { referencedObjectType: field.referencedObjectType }),
    },
    isRequired: field.required,
    supportedValueTypes: field.supportedValueTypes,
  };
}

function toDependencies(fields: readonly InputField[]) {
  return fields.flatMap(({ name, shownWhen }) =>
    shownWhen === undefined
      ? []
      : [
          {
            dependencyType: 'CONDITIONAL_SINGLE_FIELD',
            controllingFieldName: shownWhen.field,
            controllingFieldValue: shownWhen.equals,
            dependentFieldNames: [name],
          },
        ],
  );
}

/** HubSpot calls public HTTPS addresses only, and the route is appended as it is. */
function parseBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:') {
    throw new TypeError('PUBLIC_BASE_URL must be an https:// address.');
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new TypeError('PUBLIC_BASE_URL must be a host with an optional path: no query, fragment or password.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

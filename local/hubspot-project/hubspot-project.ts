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
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';

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

export type AppAuth = 'static' | 'oauth';

export type ProjectOptions = {
  /** Scheme, host and perhaps a base path, as HubSpot is to call it. */
  readonly publicBaseUrl: string;
  /** Default: `static`. */
  readonly auth?: AppAuth;
  /** What the app is called in HubSpot. */
  readonly appName?: string;
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
  const files = new Map<string, string>([
    ['hubspot/hsproject.json', toJson(PROJECT)],
    [
      'hubspot/src/app/app-hsmeta.json',
      toJson(toApp(options.auth ?? 'static', options.appName ?? APP_DISPLAY_NAME, baseUrl)),
    ],
  ]);
  for (const action of options.actions ?? PROJECT_ACTIONS) {
    files.set(`hubspot/src/app/workflow-actions/${action.fileName}-hsmeta.json`, toJson(toComponent(action, baseUrl)));
  }
  return files;
}

const PROJECT = { name: 'set-owner-by-email', srcDir: 'src', platformVersion: '2026.09' };

/**
 * `static` is an app of one account with a token that is shown there; `oauth` one that any account installs. What the app asks
 * for is the same: the minimum is required, the rest optional, because an account that lacks a hub could not grant it and the
 * installation would be blocked. The OAuth app is `marketplace`, HubSpot's word for what is not held to an allow list.
 */
function toApp(auth: AppAuth, name: string, baseUrl: string) {
  return {
    uid: 'set_owner_by_email_app',
    type: 'app',
    config: {
      name,
      description: 'Workflow actions that turn an email address into the right owner of a record.',
      distribution: auth === 'static' ? 'private' : 'marketplace',
      auth: {
        type: auth,
        ...(auth === 'oauth' && { redirectUrls: [`${baseUrl}${CALLBACK_ROUTE}`] }),
        requiredScopes: REQUIRED_SCOPES,
        optionalScopes: OPTIONAL_SCOPES,
        conditionallyRequiredScopes: [],
      },
      // Only UI extensions fetch from the browser, and this app has none.
      permittedUrls: { fetch: [], iframe: [], img: [] },
      support: {
        supportEmail: 'support@example.com',
        documentationUrl: 'https://example.com/docs',
        supportUrl: 'https://example.com/support',
      },
    },
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
        // Branches of a workflow show these; the values themselves are what the documentation names.
        typeDefinition: { name, type, options: options.map((value) => ({ label: value, value })) },
      })),
      executionRules: definition.executionRules,
      labels,
    },
  };
}

function toInputField(field: InputField, labels: ActionLabels, baseUrl: string) {
  const optionLabels = labels.inputFieldOptionLabels[field.name];
  return {
    typeDefinition: {
      name: field.name,
      type: field.type,
      fieldType: field.fieldType,
      // Required by HubSpot even where there is nothing to choose, or where the choice is fetched.
      options: (field.options ?? []).map((value) => ({ label: optionLabels?.[value] ?? value, value })),
      ...(field.optionsRoute !== undefined && { optionsUrl: `${baseUrl}${field.optionsRoute}` }),
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

import { type AgentTool, FIND_OWNER_TOOL } from '../../lib/action/agent-tool.ts';
import {
  type ActionDefinition,
  FIND_OWNER_BY_EMAIL,
  type InputField,
  type OutputField,
  SET_OWNER_BY_EMAIL,
} from '../../lib/action/definition.ts';
import {
  type ActionKey,
  type ActionLabels,
  LANGUAGES,
  LOCALES,
  type Locale,
  toActionLabels,
} from '../../lib/action/labels.ts';
import { toApp } from './app-component.ts';
import { newIdentity, TEMPLATE_IDENTITY } from './project-identity.ts';
import { EXAMPLE_BASE_URL, type ProjectOptions } from './project-options.ts';
import { settingsFiles } from './settings-component.ts';

export type ProjectAction = {
  readonly key: ActionKey;
  /** Name of the component's file, without `-hsmeta.json`. */
  readonly fileName: string;
  readonly definition: ActionDefinition;
  /** What makes it a tool of HubSpot's AI agents as well. */
  readonly agentTool?: AgentTool;
};

export const PROJECT_ACTIONS: readonly ProjectAction[] = [
  { key: 'setOwner', fileName: 'set-owner-by-email', definition: SET_OWNER_BY_EMAIL },
  { key: 'findOwner', fileName: 'find-owner-by-email', definition: FIND_OWNER_BY_EMAIL, agentTool: FIND_OWNER_TOOL },
];

/** The project in `hubspot/`: it shows what is uploaded, and is never uploaded itself. */
export const TEMPLATE: ProjectOptions = {
  publicBaseUrl: EXAMPLE_BASE_URL,
  appName: 'Owner by email (template)',
  identity: TEMPLATE_IDENTITY,
};

/**
 * The whole HubSpot project, path in the project → text. Same input, same bytes.
 *
 * File shapes: HubSpot's project components for platform 2026.09, read 2026-11-23. `published`, `functions` and the fields
 * that only replies have are left out on purpose: a project upload refuses or drops them.
 * @throws {TypeError} when the base URL is not one HubSpot would call
 */
export function hubspotProjectFiles(
  options: ProjectOptions,
  actions: readonly ProjectAction[] = PROJECT_ACTIONS,
): ReadonlyMap<string, string> {
  const baseUrl = parseBaseUrl(options.publicBaseUrl);
  const { auth = 'static' } = options;
  const kept = options.identity?.auth === auth ? options.identity : undefined;
  const { projectName, appUid } = kept ?? newIdentity(auth, options.stage);
  const files = new Map<string, string>([
    ['hsproject.json', toJson({ name: projectName, srcDir: 'src', platformVersion: '2026.09' })],
    ['src/app/app-hsmeta.json', toJson(toApp({ ...options, auth }, appUid, baseUrl))],
    ...settingsFiles(baseUrl),
  ]);
  for (const action of actions) {
    const component = toComponent(action, baseUrl, options);
    files.set(`src/app/workflow-actions/${action.fileName}-hsmeta.json`, toJson(component));
  }
  return files;
}

function toComponent(
  { key, definition, agentTool }: ProjectAction,
  baseUrl: string,
  { agents = true, language = 'en' }: ProjectOptions,
) {
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
      supportedClients: [
        { client: 'WORKFLOWS' },
        ...(agents && agentTool !== undefined ? [{ client: 'AGENTS', ...agentTool }] : []),
      ],
      // Empty means every type of workflow, custom objects and leads included.
      objectTypes: [],
      ...(definition.requestedProperties.length > 0 && {
        objectRequestOptions: { properties: definition.requestedProperties },
      }),
      inputFields: definition.inputFields.map((field) => toInputField(field, english, baseUrl)),
      inputFieldDependencies: toDependencies(definition.inputFields),
      outputFields: definition.outputFields.map((field) => toOutputField(field, language)),
      executionRules: definition.executionRules,
      labels,
    },
  };
}

/** How HubSpot shows an output of a type. */
const OUTPUT_FIELD_TYPES = { string: 'text', number: 'number', enumeration: 'select' } as const;

/**
 * HubSpot's labels have a text in every language for an output, and for the options of an input, but none for the options of an
 * output (`PublicActionLabels` of the OpenAPI 2026-09, read 2026-11-27). So these are in one language, which is chosen.
 */
function toOutputField({ name, type, options = [] }: OutputField, language: Locale) {
  const labels = new Map(Object.entries<Texts>(LANGUAGES[language].outputFieldOptionLabels)).get(name);
  return {
    typeDefinition: {
      name,
      type,
      fieldType: OUTPUT_FIELD_TYPES[type],
      externalOptions: false,
      options: options.map((value) => ({ label: labels?.[value] ?? value, value })),
    },
  };
}

type Texts = Readonly<Record<string, string>>;

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

import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { LANGUAGES, LOCALES, type Locale } from '../../lib/action/labels.ts';
import { asJsonObject, isJsonObject, type JsonObject } from '../../lib/domain/json-object.ts';
import { purposeOf } from '../../lib/domain/scopes.ts';
import type { ParsedProject } from './check-project.ts';
import { readProject } from './project-folder.ts';
import type { AppSupport, ProjectOptions } from './project-options.ts';

const APP = 'src/app/app-hsmeta.json';
const SET_OWNER = 'src/app/workflow-actions/set-owner-by-email-hsmeta.json';
const FIND_OWNER = 'src/app/workflow-actions/find-owner-by-email-hsmeta.json';

/** A value that cannot be read is absent. */
export type ConfiguredProject = Partial<ProjectOptions>;

/** The options of an existing project, so that a new configuration keeps what is not given again. */
export function readConfigured(projectDir: string): ConfiguredProject {
  const project = readProject(projectDir);
  const { name, support, auth: appAuth } = configOf(project, APP);
  const { actionUrl, outputFields } = configOf(project, SET_OWNER);
  const { supportedClients } = configOf(project, FIND_OWNER);
  const { type, requiredScopes } = asJsonObject(appAuth);
  const auth = type === 'static' || type === 'oauth' ? type : undefined;
  const { name: projectName } = asJsonObject(project.get('hsproject.json'));
  const { uid: appUid } = asJsonObject(project.get(APP));
  // Projects of earlier versions required no object's scopes: they get the default.
  const purpose = type === 'static' && Array.isArray(requiredScopes) ? purposeOf(requiredScopes) : undefined;
  const isOurs = typeof actionUrl === 'string' && actionUrl.endsWith(SET_OWNER_BY_EMAIL.route);
  const isKnown = auth !== undefined && typeof projectName === 'string' && typeof appUid === 'string';
  const language = languageOf(outputFields);
  return {
    ...(isOurs && { publicBaseUrl: actionUrl.slice(0, -SET_OWNER_BY_EMAIL.route.length) }),
    ...(auth !== undefined && { auth }),
    ...(isKnown && { identity: { auth, projectName, appUid } }),
    ...(purpose !== undefined && purpose.objects.length > 0 && { purpose }),
    ...(isSupport(support) && { support }),
    ...(typeof name === 'string' && name !== '' && { appName: name }),
    // Projects of earlier versions, which had codes as labels, knew no agents: they get the default.
    ...(language !== undefined && {
      agents:
        Array.isArray(supportedClients) && supportedClients.some((client) => asJsonObject(client).client === 'AGENTS'),
    }),
    ...(language !== undefined && { language }),
  };
}

function configOf(project: ParsedProject, path: string): JsonObject {
  return asJsonObject(asJsonObject(project.get(path)).config);
}

function isSupport(value: unknown): value is AppSupport {
  const keys = ['supportEmail', 'documentationUrl', 'supportUrl'];
  return isJsonObject(value) && keys.every((key) => typeof value[key] === 'string');
}

/** The one whose label the first option of the first output has. */
function languageOf(outputFields: unknown): Locale | undefined {
  if (!Array.isArray(outputFields)) return undefined;
  const { options } = asJsonObject(asJsonObject(outputFields[0]).typeDefinition);
  const { label } = asJsonObject(Array.isArray(options) ? options[0] : undefined);
  return LOCALES.find((locale) => LANGUAGES[locale].outputFieldOptionLabels.outcome.ASSIGNED === label);
}

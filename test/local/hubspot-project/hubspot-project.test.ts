import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../../../lib/action/definition.ts';
import { LOCALES } from '../../../lib/action/labels.ts';
import { faultsOfAction } from '../../../local/hubspot-project/check-action.ts';
import { hubspotProjectFiles } from '../../../local/hubspot-project/hubspot-project.ts';
import { EXAMPLE_BASE_URL } from '../../../local/hubspot-project/project-options.ts';

const SET = 'src/app/workflow-actions/set-owner-by-email-hsmeta.json';
const APP = 'src/app/app-hsmeta.json';
const SETTINGS = 'src/app/settings/settings-hsmeta.json';
const FIND = 'src/app/workflow-actions/find-owner-by-email-hsmeta.json';
const files = hubspotProjectFiles({ publicBaseUrl: EXAMPLE_BASE_URL });

function textOf(path: string): string {
  return files.get(path) ?? '';
}

function configOf(path: string) {
  return JSON.parse(textOf(path)).config;
}

describe('the HubSpot project', () => {
  it('The HubSpot project consists of the project, the app, one component for each action and the settings page’s files', () => {
    const settings = ['action-texts.ts', 'service-url.ts', 'settings-hsmeta.json'];
    expect([...files.keys()].sort()).toEqual(
      [
        'hsproject.json',
        'src/app/app-hsmeta.json',
        ...settings.map((file) => `src/app/settings/${file}`),
        SET,
        FIND,
      ].sort(),
    );
  });

  it('The HubSpot project is the same text each time, and each file ends with one line feed', () => {
    expect([...hubspotProjectFiles({ publicBaseUrl: EXAMPLE_BASE_URL })]).toEqual([...files]);
    for (const text of files.values()) expect(text).toMatch(/[^\n]\n$/);
  });

  it('The HubSpot project names its platform version', () => {
    expect(JSON.parse(textOf('hsproject.json'))).toEqual({
      name: 'set-owner-by-email',
      srcDir: 'src',
      platformVersion: '2026.09',
    });
  });

  it('Every component of the HubSpot project has a uid of its own', () => {
    const uids = ['src/app/app-hsmeta.json', SETTINGS, SET, FIND].map((path) => JSON.parse(textOf(path)).uid);
    expect(new Set(uids).size).toBe(uids.length);
  });
});

describe('the app', () => {
  const { auth, distribution, support, permittedUrls } = configOf('src/app/app-hsmeta.json');

  it('The app is private with a static token', () => {
    expect({ distribution, type: auth.type }).toEqual({ distribution: 'private', type: 'static' });
    expect(auth).not.toHaveProperty('redirectUrls');
  });

  it('A static app requires what its objects and features need, and has no optional scope, which HubSpot would refuse', () => {
    expect(auth.optionalScopes).toEqual([]);
    expect(auth.conditionallyRequiredScopes).toEqual([]);
    expect(auth.requiredScopes).toEqual([
      'oauth',
      'crm.objects.owners.read',
      'crm.objects.contacts.read',
      'crm.objects.contacts.write',
      'crm.schemas.contacts.read',
      'crm.objects.companies.read',
      'crm.objects.companies.write',
      'crm.schemas.companies.read',
      'crm.objects.deals.read',
      'crm.objects.deals.write',
      'crm.schemas.deals.read',
      'tickets',
      'automation',
      'settings.users.read',
    ]);
  });

  it('An OAuth app requires only scopes that every account can grant, and asks for the rest as optional', () => {
    const oauth = hubspotProjectFiles({ publicBaseUrl: EXAMPLE_BASE_URL, auth: 'oauth' });
    const { requiredScopes, optionalScopes } = JSON.parse(oauth.get(APP) ?? '').config.auth;
    expect(requiredScopes).toEqual(['oauth', 'crm.objects.owners.read']);
    const scopes: readonly string[] = [...requiredScopes, ...optionalScopes];
    expect(new Set(scopes).size).toBe(scopes.length);
    expect(scopes).toEqual(expect.arrayContaining(auth.requiredScopes));
  });

  it('A static and an OAuth app have projects and uids of their own, because HubSpot changes the auth of neither', () => {
    const read = (way: 'static' | 'oauth') => {
      const project = hubspotProjectFiles({ publicBaseUrl: EXAMPLE_BASE_URL, auth: way });
      return [JSON.parse(project.get('hsproject.json') ?? '').name, JSON.parse(project.get(APP) ?? '').uid];
    };
    expect([read('static'), read('oauth')]).toEqual([
      ['set-owner-by-email', 'set_owner_by_email_app'],
      ['set-owner-by-email-oauth', 'set_owner_by_email_oauth_app'],
    ]);
  });

  it('The app lets the settings page ask the service only, and contains no real address', () => {
    expect(permittedUrls).toEqual({ fetch: [EXAMPLE_BASE_URL], iframe: [], img: [] });
    expect(textOf('src/app/settings/service-url.ts')).toContain(`export const SERVICE_URL = '${EXAMPLE_BASE_URL}';`);
    for (const value of Object.values(support)) expect(value).toMatch(/example\.com/);
  });
});

describe.each([SET, FIND])('%s', (path) => {
  it('Each action is a component that HubSpot accepts, as far as its documents say', () => {
    expect(faultsOfAction(JSON.parse(textOf(path)))).toEqual([]);
  });

  it('Each action has the texts of all seven languages', () => {
    expect(Object.keys(configOf(path).labels)).toEqual([...LOCALES]);
  });

  it('No action has a field of the REST definition or of replies', () => {
    const forbidden =
      /"(published|functions|automationFieldType|includeEmptyIfValueAbsent|allowedObjectTypes|externalOptionsReferenceType)"/;
    expect(textOf(path)).not.toMatch(forbidden);
  });
});

describe('the action that sets the owner', () => {
  it('The action that sets the owner shows the fallback owner only when a fallback is chosen', () => {
    expect(configOf(SET).inputFieldDependencies).toEqual([
      {
        dependencyType: 'CONDITIONAL_SINGLE_FIELD',
        controllingFieldName: 'ifNotAssignable',
        controllingFieldValue: 'FALLBACK',
        dependentFieldNames: ['fallbackOwner'],
      },
    ]);
  });

  it('The action that sets the owner asks HubSpot to send the current owner', () => {
    expect(configOf(SET).objectRequestOptions).toEqual({ properties: ['hubspot_owner_id'] });
  });

  it('The action that sets the owner takes the email as a fixed value, a property or an earlier output', () => {
    expect(configOf(SET).inputFields[0]).toEqual({
      typeDefinition: { name: 'ownerEmail', type: 'string', fieldType: 'text', options: [] },
      isRequired: true,
      supportedValueTypes: ['STATIC_VALUE', 'OBJECT_PROPERTY'],
    });
  });

  const fieldOf = (name: string) =>
    configOf(SET).inputFields.find(
      ({ typeDefinition }: { typeDefinition: { name: string } }) => typeDefinition.name === name,
    );

  it("The action that sets the owner uses HubSpot's own picker for the fallback owner", () => {
    const expected = { type: 'enumeration', referencedObjectType: 'OWNER', options: [] };
    expect(fieldOf('fallbackOwner').typeDefinition).toMatchObject(expected);
  });

  it('The action that sets the owner lets the editor fetch the owner properties of the object, and choose none', () => {
    expect(fieldOf('ownerProperty')).toEqual({
      typeDefinition: {
        name: 'ownerProperty',
        type: 'enumeration',
        fieldType: 'select',
        optionsUrl: `${EXAMPLE_BASE_URL}/options/owner-properties`,
      },
      isRequired: false,
      supportedValueTypes: ['STATIC_VALUE'],
    });
  });
});

describe('the action that finds an owner', () => {
  const clientsOf = (options: object) => {
    const project = hubspotProjectFiles({ publicBaseUrl: EXAMPLE_BASE_URL, ...options });
    return [FIND, SET].map((path) => JSON.parse(project.get(path) ?? '').config.supportedClients);
  };

  it('The action that finds an owner is a read-only tool of AI agents, and the action that sets the owner is none', () => {
    const [find, set] = clientsOf({});
    expect(find).toEqual([
      { client: 'WORKFLOWS' },
      {
        client: 'AGENTS',
        toolType: 'GET_DATA',
        llmConfig: { actionDescription: expect.stringMatching(/ownerEmail.*FOUND.*FAILED/) },
      },
    ]);
    expect(set).toEqual([{ client: 'WORKFLOWS' }]);
  });

  it('The action that finds an owner is for workflows only where agents are turned off', () => {
    expect(clientsOf({ agents: false })).toEqual([[{ client: 'WORKFLOWS' }], [{ client: 'WORKFLOWS' }]]);
  });
});

describe.each(LOCALES)('the options of outputs in %s', (language) => {
  const project = hubspotProjectFiles({ publicBaseUrl: EXAMPLE_BASE_URL, language });
  const options = [SET, FIND].flatMap((path) => {
    type Field = { typeDefinition: { name: string; options: { label: string; value: string }[] } };
    const fields: Field[] = JSON.parse(project.get(path) ?? '').config.outputFields;
    return fields.flatMap(({ typeDefinition }) => typeDefinition.options);
  });

  it('Each option of an output has a label, which is not the code, and keeps the code as its value', () => {
    expect(options.length).toBeGreaterThan(60);
    for (const { label, value } of options) {
      expect(value).toMatch(/^[A-Z_]+$/);
      expect(label).toMatch(/^\S(.*\S)?$/);
      expect(label).not.toMatch(/^[A-Z_]{4,}$/);
    }
  });
});

it('The action that finds an owner asks for no property', () => {
  expect(configOf(FIND)).not.toHaveProperty('objectRequestOptions');
  expect(configOf(FIND).inputFieldDependencies).toEqual([]);
});

describe('the address', () => {
  it.each([
    { publicBaseUrl: 'https://api.example.com', expected: 'https://api.example.com', why: 'a host' },
    { publicBaseUrl: 'https://api.example.com/', expected: 'https://api.example.com', why: 'no doubled slash' },
    { publicBaseUrl: 'https://api.example.com/prod//', expected: 'https://api.example.com/prod', why: 'a stage' },
    { publicBaseUrl: 'https://api.example.com:8443', expected: 'https://api.example.com:8443', why: 'a port' },
  ])('The address $publicBaseUrl is accepted: $why', ({ publicBaseUrl, expected }) => {
    const project = hubspotProjectFiles({ publicBaseUrl });
    const urls = [SET, FIND].map((path) => JSON.parse(project.get(path) ?? '').config.actionUrl);
    expect(urls).toEqual([`${expected}${SET_OWNER_BY_EMAIL.route}`, `${expected}${FIND_OWNER_BY_EMAIL.route}`]);
    expect(project.get(SET)).toContain(`"optionsUrl": "${expected}/options/owner-properties"`);
  });

  it.each([
    ['http://api.example.com', 'HubSpot calls https only'],
    ['api.example.com', 'no scheme'],
    ['', 'nothing'],
    ['https://api.example.com?stage=prod', 'a query would swallow the route'],
    ['https://api.example.com#top', 'a fragment would swallow the route'],
    ['https://user:secret@api.example.com', 'a password in a committed file'],
  ])('The address "%s" is refused: %s', (publicBaseUrl) => {
    expect(() => hubspotProjectFiles({ publicBaseUrl })).toThrow(TypeError);
  });

  it('The error never repeats a refused address', () => {
    expect(() => hubspotProjectFiles({ publicBaseUrl: 'https://user:secret@api.example.com' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('the check of an action', () => {
  it.each([
    ['published for isPublished', (c: Config) => Object.assign(c, { published: true })],
    ['an address of a machine', (c: Config) => Object.assign(c, { actionUrl: 'https://127.0.0.1/actions' })],
    ['an option whose label is its code', (c: Config) => spoilOption(c)],
    ['an unknown client', (c: Config) => c.supportedClients.push({ client: 'COPILOT' })],
    [
      'an agent tool without a description',
      (c: Config) => c.supportedClients.push({ client: 'AGENTS', toolType: 'GET_DATA' }),
    ],
    ['functions', (c: Config) => Object.assign(c, { functions: [] })],
    ['an http address', (c: Config) => Object.assign(c, { actionUrl: 'http://api.example.com' })],
    ['no English', (c: Config) => Reflect.deleteProperty(c.labels, 'en')],
    ['a language HubSpot does not have', (c: Config) => Object.assign(c.labels, { it: c.labels.en })],
    [
      'a condition that is not a list',
      (c: Config) => Object.assign(c.executionRules[0] ?? {}, { conditions: { outcome: 'CLEARED' } }),
    ],
    [
      'a condition on an unknown output',
      (c: Config) => Object.assign(c.executionRules[0] ?? {}, { conditions: { state: ['CLEARED'] } }),
    ],
    [
      'a condition on an unknown value',
      (c: Config) => Object.assign(c.executionRules[0] ?? {}, { conditions: { outcome: ['DONE'] } }),
    ],
    [
      'a dependency on an unknown field',
      (c: Config) => Object.assign(c.inputFieldDependencies[0] ?? {}, { dependentFieldNames: ['x'] }),
    ],
    [
      'options that are fetched over http',
      (c: Config) => Object.assign(typeOf(c, 'ownerProperty'), { optionsUrl: 'http://api.example.com/options' }),
    ],
    [
      'options that are both listed and fetched',
      (c: Config) => Object.assign(typeOf(c, 'ownerProperty'), { options: [{ label: 'Owner', value: 'owner' }] }),
    ],
    ['fetched options of a text field', (c: Config) => Object.assign(typeOf(c, 'ownerProperty'), { type: 'string' })],
    ['a choice without options', (c: Config) => Reflect.deleteProperty(typeOf(c, 'ownerProperty'), 'optionsUrl')],
    [
      'fetched options beside values of properties',
      (c: Config) => c.inputFields[1]?.supportedValueTypes.push('OBJECT_PROPERTY'),
    ],
    [
      'an input field without a text',
      (c: Config) =>
        c.inputFields.push({
          supportedValueTypes: ['STATIC_VALUE'],
          ...c.inputFields[0],
          typeDefinition: { name: 'x', type: 'string', options: [] },
        }),
    ],
  ])('The check of an action reports %s', (_, spoil) => {
    const component = JSON.parse(textOf(SET)) as { config: Config };
    spoil(component.config);
    expect(faultsOfAction(component)).not.toEqual([]);
  });
});

function spoilOption({ outputFields: [outcome] }: Config): void {
  const [option] = outcome?.typeDefinition.options ?? [];
  if (option !== undefined) option.label = option.value;
}

type Config = {
  supportedClients: Record<string, unknown>[];
  outputFields: { typeDefinition: { options: { label: string; value: string }[] } }[];
  labels: Record<string, object>;
  executionRules: object[];
  inputFieldDependencies: object[];
  inputFields: { typeDefinition: Record<string, unknown>; supportedValueTypes: string[] }[];
};

function typeOf(config: Config, name: string): Record<string, unknown> {
  return config.inputFields.find((field) => field.typeDefinition.name === name)?.typeDefinition ?? {};
}

/**
 * What HubSpot's documents say of a `workflow-action` component, and nothing that our generator says: project components of
 * platform 2026.09 and the action schema of the 2026-09 OpenAPI, read 2026-11-23. HubSpot publishes no JSON schema, and its own
 * check needs an account.
 */
import { isPublicHttps } from './addresses.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const LOCALES = ['en', 'fr', 'de', 'ja', 'es', 'pt-br', 'nl'];
const TYPES = 'bool date datetime enumeration json number object_coordinates phone_number string'.split(' ');
const FIELD_TYPES =
  'booleancheckbox calculation_equation checkbox date file html number phonenumber radio select text textarea'.split(
    ' ',
  );
const CLIENTS = ['WORKFLOWS', 'AGENTS'];
const TOOL_TYPES = ['GET_DATA', 'GENERATE', 'TAKE_ACTION'];
const TEXT_KEYS = ['actionName', 'actionDescription', 'actionCardContent', 'appDisplayName'];
const MAP_KEYS = [
  'inputFieldLabels',
  'inputFieldDescriptions',
  'inputFieldOptionLabels',
  'outputFieldLabels',
  'executionRules',
];

/** The faults of one component file, each with its place; empty when HubSpot has no reason to refuse it. */
export function faultsOfAction(parsed: unknown): readonly string[] {
  const faults: string[] = [];
  const must = (condition: boolean, fault: string): void => {
    if (!condition) faults.push(fault);
  };
  const keys = (
    value: JsonObject,
    place: string,
    required: readonly string[],
    optional: readonly string[] = [],
  ): void => {
    for (const key of required) must(key in value, `${place}: ${key} is missing`);
    for (const key of Object.keys(value))
      must([...required, ...optional].includes(key), `${place}: ${key} is not allowed`);
  };

  const component = object(parsed as Json);
  keys(component, 'component', ['uid', 'type', 'config']);

  const config = object(component.config);
  keys(
    config,
    'config',
    ['actionUrl', 'isPublished', 'supportedClients', 'objectTypes', 'inputFields', 'labels'],
    ['outputFields', 'executionRules', 'inputFieldDependencies', 'objectRequestOptions'],
  );
  must(isPublicHttps(config.actionUrl), 'actionUrl: not a public https:// address');
  must(typeof config.isPublished === 'boolean', 'isPublished: not a boolean');
  const clients = objects(config.supportedClients);
  for (const { client, ...members } of clients) {
    if (client === 'AGENTS') checkAgentTool(members);
    else keys(members, 'supportedClients', []);
  }
  const named = clients.map(({ client }) => String(client));
  must(named.includes('WORKFLOWS') || named.includes('AGENTS'), 'supportedClients: neither WORKFLOWS nor AGENTS');
  must(new Set(named).size === named.length, 'supportedClients: a client twice');
  must(
    named.every((client) => CLIENTS.includes(client)),
    'supportedClients: unknown client',
  );
  must(
    list(config.objectTypes).every((type) => typeof type === 'string'),
    'objectTypes: not strings',
  );
  if ('objectRequestOptions' in config) {
    const options = object(config.objectRequestOptions);
    keys(options, 'objectRequestOptions', ['properties']);
    must(list(options.properties).length > 0, 'objectRequestOptions: no properties');
  }

  const inputs = new Map<string, readonly string[]>();
  for (const field of objects(config.inputFields)) {
    keys(field, 'inputFields', ['typeDefinition', 'isRequired', 'supportedValueTypes']);
    must(typeof field.isRequired === 'boolean', 'isRequired: not a boolean');
    const valueTypes = list(field.supportedValueTypes);
    must(valueTypes.length > 0, 'supportedValueTypes: empty');
    for (const type of valueTypes)
      must(type === 'STATIC_VALUE' || type === 'OBJECT_PROPERTY', `value type ${String(type)}`);
    const { name, options } = checkType(object(field.typeDefinition), 'inputFields', [
      'fieldType',
      'referencedObjectType',
      'optionsUrl',
    ]);
    // The guide shows external options only for values that the workflow's author chooses.
    if ('optionsUrl' in object(field.typeDefinition))
      must(valueTypes.join() === 'STATIC_VALUE', `${name}: fetched options are static values`);
    must(!inputs.has(name), `inputFields: ${name} twice`);
    inputs.set(name, options);
  }
  const outputs = new Map<string, readonly string[]>();
  for (const field of objects(config.outputFields ?? [])) {
    keys(field, 'outputFields', ['typeDefinition']);
    const definition = object(field.typeDefinition);
    const { name, options } = checkType(definition, 'outputFields', ['fieldType', 'externalOptions']);
    // Published projects carry the one, and the specification of 2026-09 requires the other (read 2026-11-26).
    must('fieldType' in definition, `${name}: output without a fieldType`);
    must(definition.externalOptions === false, `${name}: output without externalOptions`);
    must(!outputs.has(name), `outputFields: ${name} twice`);
    outputs.set(name, options);
  }

  /** HubSpot's AI agents choose a tool by its description (agent tools reference, read 2026-11-27). */
  function checkAgentTool(members: JsonObject): void {
    keys(members, 'supportedClients.AGENTS', ['toolType', 'llmConfig']);
    must(TOOL_TYPES.includes(String(members.toolType)), 'toolType: unknown');
    const llmConfig = object(members.llmConfig);
    keys(llmConfig, 'llmConfig', ['actionDescription']);
    must(isText(llmConfig.actionDescription), 'llmConfig.actionDescription: empty');
  }

  function checkType(definition: JsonObject, place: string, optional: readonly string[]) {
    // Options are either given here or fetched (read 2026-11-26).
    const isFetched = 'optionsUrl' in definition;
    keys(definition, place, ['name', 'type', ...(isFetched ? [] : ['options'])], optional);
    const name = String(definition.name);
    must(/^\w+$/.test(name), `${place}: name ${name}`);
    must(TYPES.includes(String(definition.type)), `${name}: type ${String(definition.type)}`);
    if ('fieldType' in definition) must(FIELD_TYPES.includes(String(definition.fieldType)), `${name}: fieldType`);
    if ('referencedObjectType' in definition) {
      must(definition.referencedObjectType === 'OWNER' && definition.type === 'enumeration', `${name}: reference`);
    }
    const options = objects(definition.options).map((option) => {
      keys(option, `${name}: option`, ['label', 'value'], ['description', 'displayOrder']);
      must(isText(option.label), `${name}: option without a label`);
      // A workflow's author chooses by the label, and may not know the code.
      must(option.label !== option.value, `${name}: the label of ${String(option.value)} is the value itself`);
      return String(option.value);
    });
    must(new Set(options).size === options.length, `${name}: an option twice`);
    if ('optionsUrl' in definition)
      must(isPublicHttps(definition.optionsUrl), `${name}: optionsUrl is not a public https:// address`);
    const sources = [options.length > 0, 'referencedObjectType' in definition, 'optionsUrl' in definition];
    must(
      sources.filter(Boolean).length === (definition.type === 'enumeration' ? 1 : 0),
      `${name}: options and type do not agree`,
    );
    return { name, options };
  }

  for (const dependency of objects(config.inputFieldDependencies ?? [])) {
    const conditional = dependency.dependencyType === 'CONDITIONAL_SINGLE_FIELD';
    must(conditional || dependency.dependencyType === 'SINGLE_FIELD', 'dependencyType: unknown');
    const required = ['dependencyType', 'controllingFieldName', 'dependentFieldNames'];
    keys(dependency, 'dependency', conditional ? [...required, 'controllingFieldValue'] : required);
    const controlling = inputs.get(String(dependency.controllingFieldName));
    must(controlling !== undefined, 'dependency: controlled by a field that is not declared');
    if (conditional) {
      must(
        controlling?.includes(String(dependency.controllingFieldValue)) === true,
        'dependency: value is not an option',
      );
    }
    const dependents = list(dependency.dependentFieldNames);
    must(dependents.length > 0, 'dependency: no dependent field');
    for (const name of dependents) must(inputs.has(String(name)), 'dependency: dependent field is not declared');
  }

  const ruleNames: string[] = [];
  for (const rule of objects(config.executionRules ?? [])) {
    keys(rule, 'rule', ['labelName', 'conditions']);
    const label = String(rule.labelName);
    must(!ruleNames.includes(label), `rule ${label}: twice`);
    ruleNames.push(label);
    const conditions = Object.entries(object(rule.conditions));
    must(conditions.length > 0, `rule ${label}: no condition`);
    for (const [output, values] of conditions) {
      const allowed = outputs.get(output);
      must(allowed !== undefined, `rule ${label}: ${output} is not an output`);
      must(Array.isArray(values) && values.length > 0, `rule ${label}: ${output} has no list of values`);
      for (const value of Array.isArray(values) ? values : []) {
        must(typeof value === 'string', `rule ${label}: a value is not a string`);
        must(allowed?.length === 0 || allowed?.includes(String(value)) === true, `rule ${label}: ${String(value)}`);
      }
    }
  }

  const labels = object(config.labels);
  must('en' in labels, 'labels: en is missing');
  for (const [locale, value] of Object.entries(labels)) {
    const place = `labels.${locale}`;
    must(LOCALES.includes(locale), `${place}: not a locale of HubSpot`);
    const texts = object(value);
    keys(texts, place, [...TEXT_KEYS, ...MAP_KEYS]);
    for (const key of TEXT_KEYS) must(isText(texts[key]), `${place}.${key}: empty`);
    const expected: Readonly<Record<string, readonly string[]>> = {
      inputFieldLabels: [...inputs.keys()],
      inputFieldDescriptions: [...inputs.keys()],
      outputFieldLabels: [...outputs.keys()],
      executionRules: ruleNames,
    };
    for (const [key, names] of Object.entries(expected)) checkTexts(object(texts[key]), `${place}.${key}`, names);
    const withOptions = [...inputs].filter(([, options]) => options.length > 0);
    const optionTexts = object(texts.inputFieldOptionLabels);
    keys(
      optionTexts,
      `${place}.inputFieldOptionLabels`,
      withOptions.map(([name]) => name),
    );
    for (const [name, options] of withOptions) checkTexts(object(optionTexts[name]), `${place}.${name}`, options);
  }

  function checkTexts(texts: JsonObject, place: string, names: readonly string[]): void {
    keys(texts, place, names);
    for (const name of names) must(isText(texts[name]), `${place}.${name}: empty`);
  }

  return faults;
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value.trim() !== '' && value === value.trim();
}

function object(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return list(value).map(object);
}

import {
  DEFAULT_OWNER_PROPERTY,
  type InputField,
  type InputName,
  OUTPUT_FIELDS,
  type OutputField,
  type OutputName,
  SET_OWNER_BY_EMAIL,
} from '../../lib/action/definition.ts';
import en from '../../lib/action/labels/en.json' with { type: 'json' };
import { APP_DISPLAY_NAME } from '../../lib/action/labels.ts';
import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../../lib/domain/assignment.ts';
import { ERROR_CODES, OUTCOMES, type Outcome } from '../../lib/domain/outcome.ts';

/** What an empty field means. The editor's texts use words, the table uses values. */
const DEFAULTS: Readonly<Record<InputName, string>> = {
  ownerEmail: 'required',
  ownerProperty: code(DEFAULT_OWNER_PROPERTY),
  overwrite: code(OVERWRITE[0]),
  ifNotAssignable: code(IF_NOT_ASSIGNABLE[0]),
  fallbackOwner: `required with ${code('FALLBACK')}`,
};

/** A label is enough in the editor. To branch on an output, you need to know when it has a value. */
const OUTPUT_MEANINGS: Readonly<Record<OutputName, string>> = {
  outcome: 'What the action did.',
  reason: `Details of the outcome. With ${code('KEPT_EXISTING')}: why the owner was kept.`,
  ownerId: `The owner the record has after the action, or the owner that was found. Empty when there is none, and always when the outcome is ${code('FAILED')}, ${code('LEFT_UNCHANGED')} or ${code('CLEARED')}.`,
  ownerEmail: `Email of that owner. Their name or owner ID if the email is not known. When there is no ${code('ownerId')}: the value that was looked up.`,
  ownerName: `Name of that owner. When there is no ${code('ownerId')}: the person the error is about, if known.`,
  userId: 'User ID of that owner.',
  primaryTeamId: "ID of that owner's main team. Empty without a team.",
  primaryTeamName: "Name of that owner's main team. Empty without a team.",
  previousOwnerId: 'Owner ID before the action. Empty when there was none or it is not known.',
  previousOwnerName: `Name of that previous owner. Their email or owner ID if the name is not known. A dash (${code('–')}) when the owner who was kept is not known.`,
  substitutedFor: 'Owner ID of the deactivated user whom that owner stands in for. Empty if the owner is no successor.',
  substitutedForName: 'Name of that deactivated user. Their email or owner ID if the name is not known.',
  matchedBy: 'How the email matched the owner: it is their current email, a former one, or an alias.',
  matchedEmail: 'The address that was looked up, in its normal form. Empty if it matched nobody.',
  resolvedFrom: 'Whether the owner came from the cache or was looked up in HubSpot just now.',
  ownerDataAgeSeconds: 'How long ago HubSpot last confirmed the owner data, in seconds.',
  errorCode: `Why no active owner matches the email, or why the write failed. Also set when the outcome is ${code('FALLBACK_ASSIGNED')}, ${code('CLEARED')} or ${code('LEFT_UNCHANGED')}.`,
  errorMessage: 'The same as an English sentence.',
  errorDetails:
    'Names and IDs that belong to the error, such as a property. For `EMAIL_INVALID`, the reason in English. A dash (`–`) when they are not known. Empty when the error needs none.',
};

/** Their values have a table of their own. */
const HAS_TABLE: ReadonlySet<OutputName> = new Set<OutputName>(['outcome', 'errorCode']);

type Field = Pick<InputField | OutputField, 'name' | 'options'>;
type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FAILED_MEANING = `The action failed, and ${code('errorCode')} gives the reason. The record is not changed, and the workflow continues.`;

export function inputsTable(): string {
  const rows = SET_OWNER_BY_EMAIL.inputFields.map((field) => [
    code(field.name),
    en.inputFieldLabels[field.name],
    DEFAULTS[field.name],
    `${en.inputFieldDescriptions[field.name]}${choices(field, en.inputFieldOptionLabels)}`,
  ]);
  return table(['Field', 'In the editor', 'If empty', 'Meaning'], rows);
}

export function outputsTable(): string {
  const rows = OUTPUT_FIELDS.map((field) => [
    code(field.name),
    en.outputFieldLabels[field.name],
    `${OUTPUT_MEANINGS[field.name]}${HAS_TABLE.has(field.name) ? '' : choices(field, en.outputFieldOptionLabels)}`,
  ]);
  return table(['Field', 'In the editor', 'Meaning'], rows);
}

export function outcomesTable(): string {
  const rows = OUTCOMES.map((outcome) => [
    code(outcome),
    en.outputFieldOptionLabels.outcome[outcome],
    outcomeMeaning(outcome),
  ]);
  return table(['Outcome', 'In the editor', 'Text in the workflow history'], rows);
}

export function errorCodesTable(): string {
  const rows = ERROR_CODES.map((errorCode) => {
    const { happened, advice } = en.errors[errorCode];
    const label = en.outputFieldOptionLabels.errorCode[errorCode];
    return [code(errorCode), label, showPlaceholders(happened), showPlaceholders(advice)];
  });
  return table(['Code', 'In the editor', 'What happened', 'What to do'], rows);
}

/** The parts that other documents may carry, by the name of their region. */
export function regionTexts(): Readonly<Record<string, string>> {
  return {
    'action-inputs': inputsTable(),
    'action-outputs': outputsTable(),
    outcomes: outcomesTable(),
    'error-codes': errorCodesTable(),
  };
}

/** The text of `docs/action-reference.md`. */
export function actionReference(): string {
  const sections = [
    '# Action reference',
    '<!-- Generated from lib/action/definition.ts and lib/action/labels/en.json by `npm run generate`. Do not edit. -->',
    `The app “${APP_DISPLAY_NAME}” adds two actions to HubSpot workflows. **${en.setOwner.actionName}** writes the owner to the enrolled record. **${en.findOwner.actionName}** takes only ${code('ownerEmail')}, changes nothing, and returns the same outputs. HubSpot’s AI agents can use it as a tool, too. For complete workflows, see the [recipes](recipes.md).`,
    'Field names, outcomes and codes are stable, so workflows can branch on them. Labels and texts are in the language of the HubSpot user. The labels of outcomes, codes and other values are in the language that the app was configured with.',
    '## Input fields',
    inputsTable(),
    '## Output fields',
    'Every answer has all of them, always as strings. An empty string means that there is no value.',
    outputsTable(),
    '## Outcomes',
    outcomesTable(),
    '## Error codes',
    'The workflow history shows both sentences, with the values of the outputs named here. A workflow can branch on the code.',
    errorCodesTable(),
  ];
  return `${sections.join('\n\n')}\n`;
}

const OPENING = /^<!-- generated:(\S+) -->$/;
const CLOSING = '<!-- /generated -->';

/**
 * Fills every region `<!-- generated:NAME -->` … `<!-- /generated -->` of a Markdown text, markers on lines of their own.
 * Safe to repeat. A slip in a marker is an error, so that no region silently stops being kept true.
 * @throws {TypeError} on an unknown name, a region that is not closed, or a closing marker without a region
 */
export function fillRegions(markdown: string, texts: Readonly<Record<string, string>>): string {
  const filled: string[] = [];
  let open: string | undefined;
  for (const line of markdown.split('\n')) {
    const name = OPENING.exec(line.trim())?.[1];
    if (name !== undefined) {
      if (open !== undefined) throw new TypeError(`Region "${open}" is not closed before "${name}" begins.`);
      if (!Object.hasOwn(texts, name)) throw new TypeError(`There is no text for the region "${name}".`);
      open = name;
      filled.push(line, '', texts[name] ?? '', '');
    } else if (line.trim() === CLOSING) {
      if (open === undefined) throw new TypeError('A region is closed that was not open.');
      open = undefined;
      filled.push(line);
    } else if (open === undefined) {
      filled.push(line);
    }
  }
  if (open !== undefined) throw new TypeError(`Region "${open}" is not closed.`);
  return filled.join('\n');
}

function choices({ name, options = [] }: Field, labels: Labels): string {
  return options.map((value) => `<br>${code(value)}: ${labels[name]?.[value] ?? value}`).join('');
}

function outcomeMeaning(outcome: Outcome): string {
  if (outcome === 'FAILED') return FAILED_MEANING;
  const texts =
    outcome === 'KEPT_EXISTING' ? [en.outcomes[outcome], en.outcomes.KEPT_CHANGED_SINCE] : [en.outcomes[outcome]];
  return showPlaceholders(texts.join(' Or: '));
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows.map((row) => row.map(escapeCell))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** A template's braces mean nothing to a reader: the output's name, set as code, does. */
function showPlaceholders(text: string): string {
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => code(name));
}

function code(text: string): string {
  return `\`${text}\``;
}

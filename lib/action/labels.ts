import type { IfNotAssignable, Overwrite } from '../domain/assignment.ts';
import type { ErrorCode } from '../domain/outcome.ts';
import {
  type Addition,
  type InputField,
  type InputName,
  OUTCOME_RULES_BEFORE_CODES,
  OUTCOME_VARIANTS,
  type OUTPUT_FIELDS,
  type OutcomeText,
  type OutputName,
} from './definition.ts';
import { hasDetails } from './error-message.ts';
import de from './labels/de.json' with { type: 'json' };
import en from './labels/en.json' with { type: 'json' };
import es from './labels/es.json' with { type: 'json' };
import fr from './labels/fr.json' with { type: 'json' };
import ja from './labels/ja.json' with { type: 'json' };
import nl from './labels/nl.json' with { type: 'json' };
import ptBr from './labels/pt-br.json' with { type: 'json' };

/** Every language HubSpot takes action texts in; `en` is the one it requires (custom workflow actions guide, read 2026-11-23). */
export const LOCALES = ['en', 'de', 'fr', 'es', 'pt-br', 'ja', 'nl'] as const;
export type Locale = (typeof LOCALES)[number];

/** A name, not a text: HubSpot shows the first one it finds, so it is the same in every language. */
export const APP_DISPLAY_NAME = 'Owner by email';

/** HubSpot's `PublicActionLabels` as the project file carries it: one object for each action and language. */
export type ActionLabels = {
  readonly actionName: string;
  readonly actionDescription: string;
  /** The text on the step's card in the workflow editor. It may name inputs: `{{ownerEmail}}`. */
  readonly actionCardContent: string;
  readonly appDisplayName: string;
  readonly inputFieldLabels: Readonly<Record<string, string>>;
  readonly inputFieldDescriptions: Readonly<Record<string, string>>;
  readonly inputFieldOptionLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly outputFieldLabels: Readonly<Record<OutputName, string>>;
  /** The texts of a workflow's history. They may name outputs: `{{ errorCode }}`. */
  readonly executionRules: Readonly<Record<string, string>>;
};

export type ActionKey = 'setOwner' | 'findOwner';

type ActionTexts = Pick<ActionLabels, 'actionName' | 'actionDescription' | 'actionCardContent'>;

type OutputChoice = Extract<(typeof OUTPUT_FIELDS)[number], { readonly options: readonly string[] }>;

/** An error's text has both parts, so that no language can omit the advice. */
type ErrorText = { readonly happened: string; readonly advice: string };

/**
 * One language, as its JSON file contains it. Both actions share all texts except their names, so each text is written once. The
 * compiler rejects a file without a text; a test finds a text that nothing shows.
 */
export type LanguageTexts = Readonly<Record<ActionKey, ActionTexts>> & {
  readonly inputFieldLabels: Readonly<Record<InputName, string>>;
  readonly inputFieldDescriptions: Readonly<Record<InputName, string>>;
  readonly inputFieldOptionLabels: {
    readonly overwrite: Readonly<Record<Overwrite, string>>;
    readonly ifNotAssignable: Readonly<Record<IfNotAssignable, string>>;
  };
  readonly outputFieldLabels: Readonly<Record<OutputName, string>>;
  /** The label of each output value in a workflow branch. The values themselves are the codes. */
  readonly outputFieldOptionLabels: {
    readonly [Field in OutputChoice as Field['name']]: Readonly<Record<Field['options'][number], string>>;
  };
  readonly outcomes: Readonly<Record<OutcomeText, string>>;
  readonly additions: Readonly<Record<Addition, string>>;
  readonly errors: Readonly<Record<ErrorCode, ErrorText>>;
  /** Introduces names and IDs, which the text of an error cannot contain. */
  readonly details: string;
  /** Introduces words that are English in every language. */
  readonly englishDetails: string;
  /** Introduces the error message, which is English in every language. */
  readonly cause: string;
};

/** Outcomes that stand in for an error: they say which. */
const OUTCOMES_WITH_CAUSE: ReadonlySet<string> = new Set(OUTCOME_RULES_BEFORE_CODES);

/** The details of this error say what is wrong with the email. */
const IN_ENGLISH: ErrorCode = 'EMAIL_INVALID';

/** The texts of one action in one language, in HubSpot's format: only of the input fields that the action has. */
export function toActionLabels(
  texts: LanguageTexts,
  action: ActionKey,
  inputFields: readonly InputField[],
): ActionLabels {
  const names = new Set(inputFields.map((field) => field.name));
  return {
    ...texts[action],
    appDisplayName: APP_DISPLAY_NAME,
    inputFieldLabels: pick(texts.inputFieldLabels, names),
    inputFieldDescriptions: pick(texts.inputFieldDescriptions, names),
    inputFieldOptionLabels: pick(texts.inputFieldOptionLabels, names),
    outputFieldLabels: texts.outputFieldLabels,
    executionRules: toRuleTexts(texts),
  };
}

function pick<T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}

function toRuleTexts(texts: LanguageTexts): Readonly<Record<string, string>> {
  const { outcomes, additions, errors, details, englishDetails, cause } = texts;
  const rules: Record<string, string> = { KEPT_CHANGED_SINCE: outcomes.KEPT_CHANGED_SINCE };
  for (const { labelName, outcome, additions: added } of OUTCOME_VARIANTS) {
    const text = outcomes[outcome as OutcomeText];
    const causes = OUTCOMES_WITH_CAUSE.has(outcome) ? [cause] : [];
    rules[labelName] = [text, ...added.map((name) => additions[name]), ...causes].reduce(joinSentences);
  }
  for (const [code, { happened, advice }] of Object.entries(errors)) {
    const more = code === IN_ENGLISH ? [englishDetails] : hasDetails(code) ? [details] : [];
    rules[code] = [happened, advice, ...more].reduce(joinSentences);
  }
  return rules;
}

/** Japanese has no space after a full stop. */
function joinSentences(first: string, second: string): string {
  return first.endsWith('。') ? `${first}${second}` : `${first} ${second}`;
}

/** Keyed by HubSpot's names of locales. English comes first because it is the required one. */
export const LANGUAGES: Readonly<Record<Locale, LanguageTexts>> = { en, de, fr, es, 'pt-br': ptBr, ja, nl };

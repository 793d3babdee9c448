/** Escaped markup. Only `html` creates it, so that plain text is never used as markup. */
export class Html {
  readonly markup: string;

  private constructor(markup: string) {
    this.markup = markup;
  }

  /** For the tag below, and for our own texts that are not HTML, such as a style sheet. */
  static ofTrusted(markup: string): Html {
    return new Html(markup);
  }
}

type Value = string | number | Html | readonly Html[];

/** Template tag: the template is markup, and every value in it is text unless `html` made it. */
export function html(template: TemplateStringsArray, ...values: readonly Value[]): Html {
  return Html.ofTrusted(template.map((markup, index) => markup + toMarkup(values[index] ?? '')).join(''));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function toMarkup(value: Value): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return String(value).replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '');
}

type Values<Value> = Readonly<Record<string, Value>>;
const PLACEHOLDER = /\{(\w+)\}/;

/** A translated sentence with its words in braces replaced. Values are text unless `html` made them. */
export function fill(sentence: string, values: Values<string | Html>): Html {
  const parts = sentence
    .split(PLACEHOLDER)
    .map((part, index) => html`${index % 2 === 0 ? part : requireValue(values, part)}`);
  return html`${parts}`;
}

/** The same for plain text, such as a title. */
export function fillText(sentence: string, values: Values<string>): string {
  return sentence.replaceAll(new RegExp(PLACEHOLDER, 'g'), (_, name: string) => requireValue(values, name));
}

function requireValue<Value>(values: Values<Value>, name: string): Value {
  const value = values[name];
  if (value === undefined) throw new TypeError(`a text of the install pages names ${name}, which has no value`);
  return value;
}

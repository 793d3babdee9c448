import * as z from 'zod/mini';

/**
 * An execution in a form that can be stored and shared: the settings of the step and who it was about, without addresses, names
 * or IDs. Instead, it contains `{{jane.email}}` for a person of the simulator, `{{nobody1.email}}` for others there, and
 * `{{person1.email}}` for people of a real account.
 */
export const savedExecution = z.object({
  action: z.enum(['set', 'find']),
  recordType: z.string(),
  owner: z.optional(z.string()),
  inputFields: z.record(z.string(), z.string()),
});
export type SavedExecution = z.infer<typeof savedExecution>;

export const savedFile = z.object({ format: z.literal(1), executions: z.array(savedExecution) });

/** Somebody who may be named in an execution. */
export type Person = { readonly email: string; readonly id: string; readonly userId: string };
export type People = Readonly<Record<string, Person>>;

const received = z.object({
  object: z.optional(z.object({ objectType: z.string(), properties: z.optional(z.record(z.string(), z.unknown())) })),
  // A nested value is no input, and not every one can be turned into a text.
  inputFields: z.record(z.string(), z.nullable(z.union([z.string(), z.number(), z.boolean()]))),
});

/** From the beginning of a word, so that a long one without an address is read once and not from each of its letters. */
const ADDRESS = /(?<![^\s<>()[\],;:"'\\@])[^\s<>()[\],;:"'\\@]+@[^\s<>()[\],;:"'\\@]+/g;
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;
/** Of the fields that hold a setting and not a person. */
const SETTINGS = new Set(['ownerProperty', 'overwrite', 'ifNotAssignable']);

export type Saver = (event: { readonly rawPath: string; readonly body: string }) => SavedExecution | undefined;

/** Uses the same placeholder for the same person in all executions. Returns undefined for a request that is not an execution. */
export function createSaver(people: People): Saver {
  const placeholders = new Map<string, string>();
  for (const [name, person] of Object.entries(people)) {
    for (const [kind, value] of Object.entries(person))
      if (value !== '') placeholders.set(value, `{{${name}.${kind}}}`);
  }
  const isSimulated = placeholders.size > 0;
  let others = 0;
  const placeholderOf = (value: string, kind: keyof Person) => {
    const known = placeholders.get(value);
    if (known !== undefined) return known;
    others += 1;
    const placeholder = `{{${isSimulated ? 'nobody' : 'person'}${others}.${kind}}}`;
    placeholders.set(value, placeholder);
    return placeholder;
  };
  const toAnonymous = (text: string) => {
    if (/^\d+$/.test(text.trim())) return placeholderOf(text.trim(), 'id');
    const addresses = [...text.matchAll(ADDRESS)].map(([address]) => placeholderOf(address.toLowerCase(), 'email'));
    // The text around an address may be a name.
    const around = text.split(ADDRESS).map((part) => part.replace(/mailto:|[\p{L}\p{N}]/giu, keepScheme));
    return around.map((part, index) => `${part}${addresses[index] ?? ''}`).join('');
  };

  return ({ rawPath, body }) => {
    const execution = readExecution(body);
    if (execution === undefined) return undefined;
    const { object, inputFields } = execution;
    const owner = object?.properties?.hubspot_owner_id;
    return {
      action: rawPath.includes('find') ? 'find' : 'set',
      recordType: object?.objectType.toLowerCase() ?? 'contact',
      ...(typeof owner === 'string' && owner !== '' && { owner: toAnonymous(owner) }),
      inputFields: Object.fromEntries(
        Object.entries(inputFields).map(([name, value]) => {
          const text = String(value);
          return [name, SETTINGS.has(name) && IDENTIFIER.test(text) ? text : toAnonymous(text)];
        }),
      ),
    };
  };
}

/** Replaces the placeholders by people: those of that name, and for `person` the next one of `others`. */
export function fillExecution(saved: SavedExecution, people: People, others: readonly Person[]): SavedExecution {
  const fill = (text: string) =>
    text.replace(/\{\{([a-z]+)(\d*)\.(email|id|userId)\}\}/gi, (_match, name: string, number: string, kind: string) => {
      const unknown = { email: `nobody${number}@example.com`, id: `99900000${number}`, userId: `99800000${number}` };
      const other = name === 'nobody' ? unknown : others[(Number(number || 1) - 1) % others.length];
      const person = people[`${name}${number}`] ?? other;
      return person?.[kind as keyof Person] ?? '';
    });
  return {
    ...saved,
    ...(saved.owner !== undefined && { owner: fill(saved.owner) }),
    inputFields: Object.fromEntries(Object.entries(saved.inputFields).map(([name, value]) => [name, fill(value)])),
  };
}

function keepScheme(match: string): string {
  return match.length > 1 ? match : 'x';
}

function readExecution(body: string): z.infer<typeof received> | undefined {
  try {
    return received.safeParse(JSON.parse(body)).data;
  } catch {
    // Refused by the action as well.
    return undefined;
  }
}

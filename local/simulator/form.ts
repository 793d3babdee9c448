/** The fields of a form post, or what is wrong with it, without values. */
export type FormReading =
  | { readonly fields: ReadonlyMap<string, string> }
  | { readonly wrong: string; readonly status: 400 | 415 };

/** Empty fields count as missing; unknown and repeated ones are refused. */
export function readForm(contentType: string, body: string, allowed: readonly string[]): FormReading {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType)) {
    return { wrong: 'the content type must be application/x-www-form-urlencoded', status: 415 };
  }
  const fields = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (!allowed.includes(name)) return { wrong: 'unknown form field', status: 400 };
    if (seen.has(name)) return { wrong: `form field ${name} given twice`, status: 400 };
    seen.add(name);
    if (value !== '') fields.set(name, value);
  }
  return { fields };
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** What JSON calls an object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Anything else becomes an empty object. */
export function asJsonObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Undefined if the text is not JSON. The parser's error is dropped, because it contains the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Undefined when the text is no JSON. The parser's error is dropped, because it holds the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

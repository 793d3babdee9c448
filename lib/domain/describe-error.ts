import { AppError, StoreUnavailableError } from './errors.ts';

const MAX_FRAMES = 12;
const MAX_CAUSES = 6;

/**
 * The parts of an error that may be logged: its name, its stack frames, and its causes with their codes. Our own message is fixed
 * text. A message from elsewhere is left out, because it may quote data.
 */
export function describeError(error: unknown): Readonly<Record<string, string>> {
  const isOurs = error instanceof AppError;
  const causes = causesOf(error).map((cause) => [nameOf(cause), ...framesOf(cause)].join(' < '));
  return {
    code: isOurs ? error.code : 'UNEXPECTED',
    reason: isOurs ? error.message : nameOf(error),
    ...(isOurs && faultOf(error)),
    ...(isOurs && 'fields' in error && { unreadable: String(error.fields) }),
    ...(!isOurs && { stack: framesOf(error).join(' < ') }),
    ...(causes.length > 0 && { causes: causes.join(' <- ') }),
  };
}

/** What a metric and a query can group by: the error's own fault word, or DynamoDB's. */
function faultOf(error: AppError): { readonly fault?: string } {
  if ('fault' in error) return { fault: String(error.fault) };
  const isOfStore = error instanceof StoreUnavailableError && error.cause !== undefined;
  return isOfStore ? { fault: nameOf(error.cause) } : {};
}

/** The causes of an error, nearest first. The limit also ends the list of an error that is its own cause. */
function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = [error];
  for (let at = 0; at < found.length && found.length <= MAX_CAUSES; at += 1) {
    const { cause, errors = [] } = membersOf(found[at]);
    found.push(...[cause, errors].flat().filter((each) => each !== undefined));
  }
  return found.slice(1, MAX_CAUSES + 1);
}

/** `TypeError`, `Error[ECONNRESET]`, or the type of what was thrown instead of an error. */
function nameOf(error: unknown): string {
  const { name, code } = membersOf(error);
  const word = WORD.test(String(name)) && name !== undefined ? String(name) : typeof error;
  return WORD.test(String(code)) && code !== undefined ? `${word}[${code}]` : word;
}

const WORD = /^[\w$.-]{1,64}$/;
/** `    at async Table.send (/var/task/functions/any.cjs:1:2345)`: only the last part of a path, which names no person. */
const FRAME =
  /^\s+at (?:(?:async |new )*([\w$.<>#[\] ]{1,80}) \()?(?:(?:file:|\/|[A-Z]:\\).*[/\\]|(?=node:)(?:.*\/)?)([\w$.:-]{1,80}:\d+:\d+)\)?$/;

/** The frames alone. A message may contain lines that look like frames, so it is cut off first. */
function framesOf(error: unknown): readonly string[] {
  const { stack = '', message = '' } = membersOf(error);
  const [text, said] = [String(stack), String(message)];
  const behind = text.includes(said) ? text.slice(text.indexOf(said) + said.length) : text;
  const frames = behind.split('\n').flatMap((line) => {
    const [isFrame, name, place = ''] = FRAME.exec(line) ?? [];
    if (isFrame === undefined) return [];
    return name === undefined ? place : `${name} (${place})`;
  });
  return frames.slice(0, MAX_FRAMES);
}

/** Reads members instead of checking the class, because an error may come from another realm. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Record<string, unknown>;
}

import { AppError } from './errors.ts';
import type { LogFields } from './ports.ts';

const MAX_FRAMES = 12;
const MAX_CAUSES = 6;

type ErrorLike = Readonly<Record<'name' | 'message' | 'stack' | 'code' | 'cause' | 'errors', unknown>>;

/**
 * What may be logged of an error: its name, its stack frames and the chain of its causes, each with its code. A message of
 * ours is fixed text. One from elsewhere is left out, because it may quote what it stumbled over.
 */
export function describeError(error: unknown): LogFields {
  const isOurs = error instanceof AppError;
  const causes = causesOf(error);
  return {
    code: isOurs ? error.code : 'UNEXPECTED',
    reason: isOurs ? error.message : nameOf(error),
    ...(isOurs && 'fault' in error && { fault: String(error.fault) }),
    ...(!isOurs && { stack: framesOf(error).join(' < ') }),
    ...(causes.length > 0 && { causes: causes.map(describeCause).join(' <- ') }),
  };
}

function describeCause(cause: unknown): string {
  return [nameOf(cause), ...framesOf(cause).slice(0, MAX_FRAMES / 2)].join(' < ');
}

/** The errors behind an error, nearest first. One that is its own cause ends the list sooner or later. */
function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  const next = [error];
  while (next.length > 0 && found.length < MAX_CAUSES) {
    const { cause, errors } = toErrorLike(next.shift());
    const behind = [cause, ...(Array.isArray(errors) ? errors : [])].filter((each) => each !== undefined);
    found.push(...behind);
    next.push(...behind);
  }
  return found.slice(0, MAX_CAUSES);
}

/** `TypeError`, `Error[ECONNRESET]`, or the type of what was thrown instead of an error. */
function nameOf(error: unknown): string {
  const { name, code } = toErrorLike(error);
  const word = isWord(name) ? String(name) : typeof error;
  return isWord(code) ? `${word}[${code}]` : word;
}

function isWord(value: unknown): boolean {
  return /^(string|number)$/.test(typeof value) && /^[\w$.-]{1,64}$/.test(String(value));
}

/** `    at async Table.send (/var/task/functions/any.cjs:1:2345)`: of a path its last part, which names nobody. */
const FRAME =
  /^\s+at (?:(?:async |new )*([\w$.<>#[\] ]{1,80}) \()?(?:(?:file:|\/|[A-Z]:\\).*[/\\]|(?=node:)(?:.*\/)?)([\w$.:-]{1,80}:\d+:\d+)\)?$/;

/** The frames alone. A message may have several lines, and is cut off before anything is read. */
function framesOf(error: unknown): readonly string[] {
  const { stack, message } = toErrorLike(error);
  if (typeof stack !== 'string') return [];
  const text = String(message ?? '');
  const frames = stack.slice(stack.includes(text) ? stack.indexOf(text) + text.length : 0).split('\n');
  return frames
    .flatMap((line) => {
      const [isFrame, name, place = ''] = FRAME.exec(line) ?? [];
      if (isFrame === undefined) return [];
      return name === undefined ? [place] : [`${name} (${place})`];
    })
    .slice(0, MAX_FRAMES);
}

/** By members rather than by class: an error may come from another realm. */
function toErrorLike(value: unknown): Partial<ErrorLike> {
  return typeof value === 'object' && value !== null ? (value as Partial<ErrorLike>) : {};
}

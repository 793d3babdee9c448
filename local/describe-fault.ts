import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { hostOf, knownFaultOf } from './network-fault.ts';

/** AWS's errors for a missing or refused sign-in, by name. */
export const NOT_SIGNED_IN =
  /^(CredentialsProvider|ExpiredToken|InvalidClientToken|InvalidSignature|UnrecognizedClient|TokenProvider)/;

/** Codes of the file system, and what to do about them. */
const FILE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'you may not use it. Change its permissions, or work in a folder of your own',
  EEXIST: 'something else has this name. Move it away',
  EISDIR: 'it is a folder. Name a file',
  ENOSPC: 'the disk is full. Free some space',
  ENOTDIR: 'a part of its path is a file. Choose another path',
  EPERM: 'you may not use it. Change its permissions, or work in a folder of your own',
  EROFS: 'its file system is read-only. Work in a folder that you may write to',
};

/** What is wrong with a file or a folder, and what to do; undefined for every other error. */
export function describeFileFault(error: unknown): string | undefined {
  const { code, path, syscall } = Object(error) as { code?: string; path?: unknown; syscall?: unknown };
  // A program that cannot be started has a path, too.
  if (typeof path !== 'string' || String(syscall).startsWith('spawn')) return undefined;
  const meaning = code === 'ENOENT' ? whyMissing(path) : FILE_FAULTS[code ?? ''];
  if (meaning === undefined) return undefined;
  return `${path} (${code}): ${meaning}`;
}

function whyMissing(path: string): string {
  return existsSync(dirname(path))
    ? 'it does not exist. Check the path'
    : 'its folder does not exist. Create it, or choose another path';
}

/** The error that ended a command, and what to do. AWS's own errors say what is wrong, but not where. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (NOT_SIGNED_IN.test(error.name)) {
    return `AWS does not accept your credentials (${error.name}). Sign in to AWS, or choose a profile with AWS_PROFILE`;
  }
  const file = describeFileFault(error);
  if (file !== undefined) return file;
  const fault = knownFaultOf(error);
  if (fault !== undefined) return `${hostOf(error)} cannot be reached: ${fault}`;
  return '$metadata' in error ? `AWS: ${error.name}: ${error.message}` : error.message;
}

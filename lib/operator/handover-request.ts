import * as z from 'zod/mini';
import { flagField, ownerRefField, portalIdField } from './event.ts';

const id = () =>
  z
    .string('must be text')
    .check(z.regex(/^[\w-]{1,64}$/, 'must be an ID or a digest, as the list of handovers shows it'));
const FIELDS = {
  portalId: portalIdField(),
  leaver: z.optional(ownerRefField()),
  target: z.optional(ownerRefField()),
  clear: flagField(),
  start: z.optional(id()),
  stop: z.optional(id()),
  undo: z.optional(id()),
  nightly: z.optional(z.boolean('must be true or false')),
};
/** The fields that need a leaver. */
const NEED_LEAVER = ['target', 'clear', 'nightly'] as const;

/** The event of `handOver`: one of `leaver`, `start`, `stop` and `undo`, or none for the list. */
export const handoverRequest = z
  .strictObject(FIELDS, 'the event may hold portalId, leaver, target, clear, start, stop, undo and nightly only')
  .check(
    z.refine(({ leaver, start, stop, undo }) => [leaver, start, stop, undo].filter(Boolean).length <= 1, {
      message: 'only one of leaver, start, stop and undo',
      path: ['leaver'],
    }),
    z.refine(
      ({ leaver, ...others }) => leaver !== undefined || !NEED_LEAVER.some((name) => others[name] !== undefined),
      {
        message: 'must be given with "target", "clear" or "nightly"',
        path: ['leaver'],
      },
    ),
    z.refine(({ target, clear }) => target === undefined || clear === undefined, {
      message: 'must be left out when "clear" is given',
      path: ['target'],
    }),
    z.refine(({ nightly, target, clear }) => nightly === undefined || (target === undefined && clear === undefined), {
      message: 'goes to the successor: leave "target" and "clear" out',
      path: ['nightly'],
    }),
  );

export type HandoverRequest = z.output<typeof handoverRequest>;

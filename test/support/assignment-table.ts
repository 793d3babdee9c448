import { IF_NOT_ASSIGNABLE, type IfNotAssignable, OVERWRITE, type Overwrite } from '../../lib/domain/assignment.ts';

/** What the admin may expect of every combination of settings and facts, written down apart from the code. */
const CURRENTS = ['unknown', 'none', 'same', 'otherActive', 'otherInactive', 'otherUnknown'] as const;
const RESOLUTIONS = ['assignable', 'refusedFallback', 'refusedFallbackIsCurrent', 'refused'] as const;
export type Current = (typeof CURRENTS)[number];
type ResolutionKind = (typeof RESOLUTIONS)[number];
export type Combination = {
  readonly overwrite: Overwrite;
  readonly ifNotAssignable: IfNotAssignable;
  readonly current: Current;
  readonly resolution: ResolutionKind;
};

export const COMBINATIONS: readonly Combination[] = OVERWRITE.flatMap((overwrite) =>
  IF_NOT_ASSIGNABLE.flatMap((ifNotAssignable) =>
    CURRENTS.flatMap((current) =>
      RESOLUTIONS.map((resolution) => ({ overwrite, ifNotAssignable, current, resolution })),
    ),
  ),
);

/** Whether the existing owner may be replaced at all; `same` is an active owner. */
const KEEPS = read(`
                    unknown  none  same  otherActive  otherInactive  otherUnknown
ALWAYS              no       no    no    no           no             no
IF_UNASSIGNED       keep     no    keep  keep         keep           keep
IF_OWNER_INACTIVE   keep     no    keep  keep         no             keep
`);

/** Otherwise, what comes of it: the outcome, and what is written. `-` writes nothing. */
const BY_EMAIL = read(`
                            unknown                  none                     same                 otherActive              otherInactive            otherUnknown
assignable                  ASSIGNED:owner           ASSIGNED:owner           ALREADY_ASSIGNED:-   ASSIGNED:owner           ASSIGNED:owner           ASSIGNED:owner
`);
const BY_SETTING = read(`
                            unknown                  none                     same                 otherActive              otherInactive            otherUnknown
FAIL                        FAILED:-                 FAILED:-                 FAILED:-             FAILED:-                 FAILED:-                 FAILED:-
CLEAR                       CLEARED:empty            CLEARED:-                CLEARED:empty        CLEARED:empty            CLEARED:empty            CLEARED:empty
LEAVE                       LEFT_UNCHANGED:-         LEFT_UNCHANGED:-         LEFT_UNCHANGED:-     LEFT_UNCHANGED:-         LEFT_UNCHANGED:-         LEFT_UNCHANGED:-
`);
const BY_FALLBACK = read(`
                            unknown                  none                     same                       otherActive                otherInactive              otherUnknown
refusedFallback             FALLBACK_ASSIGNED:other  FALLBACK_ASSIGNED:other  FALLBACK_ASSIGNED:other    FALLBACK_ASSIGNED:other    FALLBACK_ASSIGNED:other    FALLBACK_ASSIGNED:other
refusedFallbackIsCurrent    FALLBACK_ASSIGNED:other  FALLBACK_ASSIGNED:other  FALLBACK_ASSIGNED:-        FALLBACK_ASSIGNED:-        FALLBACK_ASSIGNED:-        FALLBACK_ASSIGNED:-
refused                     FAILED:-                 FAILED:-                 FAILED:-                   FAILED:-                   FAILED:-                   FAILED:-
`);

/** `outcome:written`, where `written` is `owner`, `other` (the fallback owner), `empty` or `-`. */
export function expectedOf({ overwrite, ifNotAssignable, current, resolution }: Combination): string {
  if (KEEPS(overwrite, current) === 'keep') return 'KEPT_EXISTING:-';
  if (resolution === 'assignable') return BY_EMAIL(resolution, current);
  return ifNotAssignable === 'FALLBACK' ? BY_FALLBACK(resolution, current) : BY_SETTING(ifNotAssignable, current);
}

export function nameOf({ overwrite, ifNotAssignable, current, resolution }: Combination): string {
  return `${overwrite} · ${ifNotAssignable} · current ${current} · ${resolution}`;
}

function read(table: string): (row: string, column: string) => string {
  const [columns = [], ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return (row, column) => {
    const cell = rows.find(([name]) => name === row)?.[columns.indexOf(column) + 1];
    if (cell === undefined) throw new Error(`the table has no cell ${row} × ${column}`);
    return cell;
  };
}

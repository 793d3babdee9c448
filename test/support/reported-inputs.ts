import type { Faults } from '../../local/simulator/faults.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  deactivateOwner,
  renameOwner,
  spoilOwnerRow,
} from '../../local/simulator/seed-owners.ts';
import { addProperty } from '../../local/simulator/seed-portals.ts';
import type { SimulatorState } from '../../local/simulator/state.ts';

export const OWNER = 'hubspot_owner_id';
export const DAY_MS = 86_400_000;
const JANE_ID = '75001';
const OMAR_ID = '75002';

/** Where an input is tried: a portal with Jane and Omar, and the service in front of it. */
export type Stage = {
  readonly state: SimulatorState;
  readonly portalId: number;
  readonly faults: Faults;
  /** Enrolls a new contact. @returns the outputs, the status of the answer, and the property that the contact holds then */
  ask(
    email: string,
    inputs?: Readonly<Record<string, string>>,
    properties?: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** @returns the report of a whole refresh */
  refresh(): Promise<unknown>;
  setSuccessor(leaver: string, successor: string): Promise<unknown>;
};

/** A small input from a public report, for a whole kind, with what is right for it. */
export type Input<Needs> = {
  readonly row: string;
  readonly input: string;
  readonly right: unknown;
  act(stage: Needs): Promise<unknown>;
};

/** Can be tried in any service. */
export const INPUTS: readonly Input<Stage>[] = [
  {
    row: 'M1',
    input: 'somebody with a successor is deactivated, and HubSpot blanks their email',
    right: { held: JANE_ID, substitutedFor: '75003', matchedBy: 'FORMER_EMAIL' },
    async act({ state, portalId, ask, refresh, setSuccessor }) {
      const lena = addActiveOwner(state, portalId, { id: '75003', email: 'lena@example.com' });
      await refresh();
      await setSuccessor(lena.id, JANE_ID);
      deactivateOwner(state, portalId, lena.id, 'blanksEmail');
      await refresh();
      return ask('lena@example.com');
    },
  },
  {
    row: 'M1',
    input: 'somebody without a successor is deactivated, and HubSpot blanks their email',
    right: { held: '', errorCode: 'OWNER_DEACTIVATED' },
    async act({ state, portalId, ask, refresh }) {
      const lena = addActiveOwner(state, portalId, { id: '75003', email: 'lena@example.com' });
      await refresh();
      deactivateOwner(state, portalId, lena.id, 'blanksEmail');
      await refresh();
      return ask('lena@example.com');
    },
  },
  {
    row: 'M2',
    input: 'mara@oldco.example.com becomes mara@newco.example.com',
    right: { held: '75003', matchedBy: 'FORMER_EMAIL' },
    async act({ state, portalId, ask, refresh }) {
      const mara = addActiveOwner(state, portalId, { id: '75003', email: 'mara@oldco.example.com' });
      await refresh();
      renameOwner(state, portalId, mara.id, 'mara@newco.example.com');
      await refresh();
      return ask('mara@oldco.example.com');
    },
  },
  {
    row: 'T1',
    input: 'one row of the owners is of the type AGENT',
    right: { oddRows: 1, active: 2 },
    async act({ state, portalId, refresh }) {
      const bot = addActiveOwner(state, portalId, { email: 'bot@example.com' });
      spoilOwnerRow(state, portalId, bot.id, { type: 'AGENT' });
      return refresh();
    },
  },
  {
    row: 'T2',
    input: 'the owner property is a first name',
    right: { held: 'Ada', errorCode: 'PROPERTY_NOT_FOUND' },
    act: ({ ask }) => ask('jane@example.com', { ownerProperty: 'firstname' }, { firstname: 'Ada' }),
  },
  {
    row: 'T3',
    input: 'the owner property holds several people',
    right: { held: '75002;75009', errorCode: 'PROPERTY_HOLDS_SEVERAL' },
    async act({ state, portalId, ask }) {
      addProperty(state, portalId, '0-1', { name: 'team', referencedObjectType: 'OWNER', several: true });
      return ask('jane@example.com', { ownerProperty: 'team' }, { team: '75002;75009' });
    },
  },
  {
    row: 'T5',
    input: 'an owner in punycode, and a value in Unicode',
    right: { held: '75003' },
    async act({ state, portalId, ask }) {
      addActiveOwner(state, portalId, { id: '75003', email: 'zoe@xn--bcher-kva.example.com' });
      return ask('zoe@bücher.example.com');
    },
  },
  {
    row: 'T6',
    input: 'forms that mail programs write',
    right: [JANE_ID, JANE_ID, JANE_ID, '75004'],
    async act(stage) {
      addActiveOwner(stage.state, stage.portalId, { id: '75004', email: 'jane+sales@example.com' });
      return heldFor(stage, [
        'jane@example.com;',
        'Jane Doe <jane@example.com>;',
        '"jane@example.com" <jane@example.com>',
        'mailto:jane%2Bsales@example.com',
      ]);
    },
  },
  {
    row: 'T7',
    input: 'characters that nobody sees behind the address',
    right: [JANE_ID, JANE_ID],
    act: (stage) => heldFor(stage, ['jane@example.com\ufe0f', 'jane@example.com\u0000']),
  },
];

/** Those whose moment matters need a clock. */
export type TimedStage = Stage & { later(ms: number): void };

export const TIMED_INPUTS: readonly Input<TimedStage>[] = [
  {
    row: 'M3',
    input: 'in a sandbox, lena@example.com.invalid is archived',
    right: ['OWNER_DEACTIVATED', 'OWNER_DEACTIVATED'],
    async act({ state, portalId, ask, refresh, later }) {
      addArchivedOwner(state, portalId, { email: 'lena@example.com.invalid' });
      await refresh();
      later(31_000);
      const soon = await ask('lena@example.com');
      later(40_000);
      return [soon.errorCode, (await ask('lena@example.com')).errorCode];
    },
  },
  {
    row: 'T8',
    input: 'a page instead of an answer when the present owner is looked up',
    right: { status: 503, held: OMAR_ID },
    async act({ faults, ask, later }) {
      await ask('jane@example.com');
      later(2 * DAY_MS);
      const fault = { kind: 'status', status: 404, body: '<html/>', contentType: 'text/html' } as const;
      faults.script({ route: 'GET owner', fault });
      return ask('jane@example.com', { overwrite: 'IF_OWNER_INACTIVE' }, { [OWNER]: OMAR_ID });
    },
  },
];

/** Puts people into a portal who are there before every input. */
export function seedJaneAndOmar(state: SimulatorState, portalId: number): void {
  const jane = { id: JANE_ID, email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' };
  addActiveOwner(state, portalId, jane);
  addActiveOwner(state, portalId, { id: OMAR_ID, email: 'omar@example.com', firstName: 'Omar' });
}

/** Each value of a list on its own. */
async function heldFor({ ask }: Stage, emails: readonly string[]): Promise<string[]> {
  const held: string[] = [];
  for (const email of emails) held.push(String((await ask(email)).held));
  return held;
}

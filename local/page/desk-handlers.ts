import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { SERVICE_URL } from '../../hubspot/src/app/settings/service-url.ts';
import { ControlError } from '../running/control-server.ts';
import { LOCAL_PORTAL_ID } from '../seed.ts';
import { describeOwner } from '../send/enroll.ts';
import type { HubSpotSimulator } from '../simulator/hubspot-simulator.ts';
import { typeIdOfExecution } from '../simulator/object-types.ts';
import { deactivateOwner } from '../simulator/seed-owners.ts';
import { addUser } from '../simulator/seed-users.ts';
import { getObjectType, getPortal } from '../simulator/state.ts';
import type { DeskPerson, DeskRecord, DeskStart, DeskState, DeskUser, HubSpotState } from './desk-api.ts';
import { setHubSpot } from './faults.ts';
import { createHubSpotFetch } from './hubspot-fetch.ts';
import type { DeskHandlers } from './page-server.ts';
import { createWorkbench } from './workbench.ts';

export type DeskOptions = {
  readonly simulator: HubSpotSimulator;
  /** Where the functions are served. */
  readonly url: string;
  readonly publicUrl: string;
  readonly clientSecret: string;
  readonly logFile: string;
  readonly sqs: SQSClient;
  readonly assignQueueUrl: string;
  readonly deadLetterUrl: string;
  readonly refresh: () => Promise<void>;
};

const RECORD_TYPES = ['contact', 'company', 'deal', 'ticket', 'lead'];
const MOST_RECORDS = 50;

const fetchInput = z.object({
  url: z.string(),
  method: z.string(),
  body: z.optional(z.record(z.string(), z.unknown())),
  userId: z.number(),
});
const enrollInput = z.object({
  recordType: z.string(),
  recordId: z.string(),
  inputFields: z.record(z.string(), z.string()),
  delivery: z.enum(['never', 'overlapping', 'after']),
});
const hubspotInput = z.object({ state: z.enum(['up', 'down', 'limited']) });
const personInput = z.object({ ownerId: z.string() });
const recordsInput = z.object({ recordType: z.string() });

/** Every request that the browser may send to the desk, by name. */
export function createDeskHandlers(options: DeskOptions): DeskHandlers {
  const { simulator, url, publicUrl, clientSecret, logFile } = options;
  const { state } = simulator;
  const portal = getPortal(state, LOCAL_PORTAL_ID);
  const users = addDeskUsers(simulator);
  const hubspotFetch = createHubSpotFetch({
    permittedUrl: SERVICE_URL,
    publicUrl,
    url,
    clientSecret,
    portalId: LOCAL_PORTAL_ID,
  });
  const workbench = createWorkbench({ simulator, clientSecret, actionUrl: url, publicUrl, logFile });
  let hubspot: HubSpotState = 'up';
  let refreshing = 0;

  return {
    async start(): Promise<DeskStart> {
      return { portalId: LOCAL_PORTAL_ID, users };
    },
    async fetch(input) {
      const { userId, ...request } = fetchInput.parse(input);
      const user = users.find((each) => each.userId === userId);
      if (user === undefined) throw new ControlError('the desk has no such user');
      return hubspotFetch({ ...request, user });
    },
    async state(): Promise<DeskState> {
      return {
        hubspot,
        queue: await readQueue(options),
        blocked: state.blocked.waiting(),
        people: listPeople(),
        recordTypes: [...RECORD_TYPES, ...[...portal.objectTypes.keys()].filter((id) => id.startsWith('2-'))],
        runs: await workbench.runs(),
        isRefreshing: refreshing > 0,
      };
    },
    async records(input): Promise<{ readonly records: readonly DeskRecord[] }> {
      const { recordType } = recordsInput.parse(input);
      const typeId = RECORD_TYPES.includes(recordType) ? typeIdOfExecution(recordType.toUpperCase()) : recordType;
      const { records } = getObjectType(state, LOCAL_PORTAL_ID, typeId);
      const newest = [...records.values()].slice(-MOST_RECORDS).reverse();
      return {
        records: newest.map(({ id, properties }) => ({
          recordId: id,
          owner: describeOwner(state, properties.get('hubspot_owner_id') ?? ''),
        })),
      };
    },
    async enroll(input) {
      return { id: workbench.enroll(enrollInput.parse(input)) };
    },
    async hubspot(input) {
      hubspot = hubspotInput.parse(input).state;
      setHubSpot(simulator.faults, hubspot);
      return { hubspot };
    },
    async deactivate(input) {
      const { ownerId } = personInput.parse(input);
      if (portal.owners.get(ownerId)?.archived !== false) throw new ControlError('this owner is not active');
      deactivateOwner(state, LOCAL_PORTAL_ID, ownerId);
      return {};
    },
    async refresh() {
      refreshing += 1;
      try {
        await options.refresh();
      } finally {
        refreshing -= 1;
      }
      return {};
    },
  };

  function listPeople(): readonly DeskPerson[] {
    return [...portal.owners.values()]
      .filter(({ type }) => type === 'PERSON')
      .map(({ id, firstName, lastName, email = '', archived }) => ({
        ownerId: id,
        name: [firstName, lastName].filter(Boolean).join(' '),
        email,
        isActive: !archived,
      }));
  }
}

/** Two people who open the page: one may change everything, one may only read. */
function addDeskUsers({ state }: HubSpotSimulator): readonly DeskUser[] {
  const people = [
    { firstName: 'Ada', lastName: 'Admin', email: 'ada@example.com', superAdmin: true },
    { firstName: 'Pat', lastName: 'Plain', email: 'pat@example.com', superAdmin: false },
  ];
  return people.map(({ superAdmin, ...person }) => {
    const { userId } = addUser(state, LOCAL_PORTAL_ID, { ...person, superAdmin });
    return { ...person, userId, isSuperAdmin: superAdmin };
  });
}

async function readQueue({ sqs, assignQueueUrl, deadLetterUrl }: DeskOptions): Promise<DeskState['queue']> {
  const count = async (queueUrl: string) => {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
    );
    return names.map((name) => Number(Attributes[name] ?? 0));
  };
  const [[waiting = 0, inFlight = 0], [dead = 0]] = await Promise.all([count(assignQueueUrl), count(deadLetterUrl)]);
  return { waiting, inFlight, dead };
}

import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { createUnresolvedEmails } from '../../lib/store/unresolved-emails.ts';
import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeEvent } from '../support/http-events.ts';
import { type Answer, PORTAL } from '../support/service.ts';
import { expectAnswered, failedOutputs, outputs, useService } from '../support/use-service.ts';

const service = useService();
const { callsOf } = service;

const AGENT = { source: 'AGENTS', agentId: 77, trajectoryId: 'a-1' };

/** What an agent sends: no workflow, no record. The members are those of HubSpot's agent context (OpenAPI 2026-09, read 2026-11-27). */
const body = (inputFields: object, changes: object = {}) => ({
  callbackId: 'agent-call-1',
  origin: { portalId: PORTAL, actionDefinitionId: 61_000_001, actionDefinitionVersion: 3 },
  context: AGENT,
  fields: inputFields,
  inputFields,
  ...changes,
});

function ask(payload: object, action: 'find' | 'set' = 'find', secret?: string): Promise<Answer> {
  const { route } = action === 'find' ? FIND_OWNER_BY_EMAIL : SET_OWNER_BY_EMAIL;
  const signed = { route, body: JSON.stringify(payload), nowEpochMs: service().clock.now() };
  return service().send(makeEvent(secret === undefined ? signed : { ...signed, secret }), { action });
}

const jane = () => addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com', firstName: 'Jane' });
const ASKED = { ownerEmail: 'jane@example.com' };
const foundJane = (id: string, userId: unknown) =>
  outputs({
    outcome: 'FOUND',
    ownerId: id,
    ownerEmail: 'jane@example.com',
    ownerName: expect.stringContaining('Jane'),
    userId: String(userId),
    matchedBy: 'EMAIL',
    matchedEmail: 'jane@example.com',
    resolvedFrom: 'LIVE',
    ownerDataAgeSeconds: '0',
  });

describe('An AI agent that asks for an owner', () => {
  it.each([
    ['as HubSpot describes an agent’s context', {}],
    ['without a callback ID', { callbackId: undefined }],
    ['with a callback ID that is no text', { callbackId: 12 }],
    ['with an empty record', { object: null }],
    ['with its context only', { context: { source: 'AGENTS' } }],
    ['without any context', { context: undefined }],
    ['from a source that nobody knows yet', { context: { source: 'SOMETHING_NEW', sessionId: 1 } }],
    ['as a copilot', { context: { source: 'COPILOT' } }],
    ['in a test of the tool', { context: { source: 'TEST' } }],
    ['on its own', { context: { source: 'STANDALONE' } }],
    ['with the newer inputs alone', { fields: undefined }],
    ['with the older inputs alone', { inputFields: undefined }],
  ])('An AI agent that asks for an owner gets all outputs, %s', async (_how, changes) => {
    const { id, userId } = jane();
    expectAnswered(await ask(body(ASKED, changes)), foundJane(id, userId));
  });

  it('An AI agent may ask again, for the same and for another email, with or without a callback ID', async () => {
    const { id } = jane();
    const joe = addActiveOwner(service().simulator.state, PORTAL, { email: 'joe@example.com' });
    for (const changes of [{}, { callbackId: undefined }]) {
      const answers = [];
      for (const ownerEmail of ['jane@example.com', 'joe@example.com', 'jane@example.com']) {
        answers.push(await ask(body({ ownerEmail }, changes)));
      }
      expect(answers.map((answer) => answer.outputs.ownerId)).toEqual([id, joe.id, id]);
    }
  });

  it('A question of an AI agent takes at most one call of HubSpot, and none the second time', async () => {
    jane();
    expect(await callsOf(() => ask(body(ASKED)))).toEqual(['GET owners']);
    expect(await callsOf(() => ask(body(ASKED)))).toEqual([]);
  });

  it('An AI agent never gets a deactivated user, and gets the reason as a code and a message', async () => {
    addArchivedOwner(service().simulator.state, PORTAL, { email: 'lea@example.com' });
    const answer = await ask(body({ ownerEmail: 'lea@example.com' }));
    const live = { resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' };
    expectAnswered(answer, failedOutputs('OWNER_DEACTIVATED', { ownerEmail: 'lea@example.com', ...live }));
  });

  it.each([
    ['no email', {}, 'EMAIL_MISSING'],
    ['a name', { ownerEmail: 'Jane Doe' }, 'EMAIL_INVALID'],
    ['two addresses', { ownerEmail: 'jane@example.com, joe@example.com' }, 'EMAIL_INVALID'],
    ['a list instead of a text', { ownerEmail: ['jane@example.com'] }, 'INPUT_INVALID'],
    ['an object instead of a text', { ownerEmail: { value: 'jane@example.com' } }, 'INPUT_INVALID'],
  ])('An AI agent gets an error code for %s', async (_what, inputFields, code) => {
    const { status, outputs: answered } = await ask(body(inputFields));
    expect([status, answered.outcome, answered.errorCode]).toEqual([200, 'FAILED', code]);
  });

  it('An unresolved email of an AI agent appears in the report, without a workflow', async () => {
    await ask(body({ ownerEmail: 'nobody@example.com' }));
    const { table, clock } = service();
    expect(await createUnresolvedEmails(table, clock.now).list(toPortalId(PORTAL))).toMatchObject([
      { email: 'nobody@example.com', count: 1, workflowIds: [] },
    ]);
  });

  it('A question of an AI agent is refused when the request is not from HubSpot', async () => {
    expect(await ask(body(ASKED), 'find', 'another-secret')).toMatchObject({ status: 401 });
  });
});

describe('An AI agent that sets an owner without a record', () => {
  it.each([
    ['an agent', {}],
    ['an agent without a callback ID', { callbackId: undefined }],
    ['a source that nobody knows yet', { context: { source: 'SOMETHING_NEW' } }],
  ])(
    'Setting an owner without a record is answered with RECORD_MISSING, and HubSpot is not called: %s',
    async (_who, changes) => {
      jane();
      let answer: Answer | undefined;
      expect(
        await callsOf(async () => {
          answer = await ask(body(ASKED, changes), 'set');
        }),
      ).toEqual([]);
      expect(answer?.outputs).toEqual(failedOutputs('RECORD_MISSING', { ownerEmail: 'jane@example.com' }));
    },
  );
});

import fc from 'fast-check';
import { createEmailCipher } from '../../lib/crypto/email-cipher.ts';
import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../../lib/domain/assignment.ts';
import type { QueuedExecution } from '../../lib/domain/execution.ts';
import { parseOwnerId } from '../../lib/domain/ids.ts';
import { MAX_MESSAGE_BYTES, toExecutionMessage } from '../../lib/queue/execution-messages.ts';
import { createExecutionQueue } from '../../lib/queue/execution-queue.ts';
import { fromExecutionMessage } from '../../lib/queue/from-execution-message.ts';
import { makeRecordRef, toPortalId } from '../builders/ids.ts';
import { makeQueued } from '../builders/queued-execution.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

const seal = createEmailCipher({ current: 'secret-test-current' });
const { canCarry } = createExecutionQueue('https://sqs.example.com/assign', seal);

const digits = (most: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{0,${most - 1}}$`));
const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
/** The id of an owner, or nothing. */
const ownerIdText = fc.oneof(digits(20), fc.constant(''));

/** What a workflow can really send: HubSpot's own ids, names and options, and an email that can be one. */
const queued: fc.Arbitrary<QueuedExecution> = fc
  .record({
    portalId: digits(12).map(toPortalId),
    callbackId: fc.tuple(digits(12), digits(15), digits(12), digits(6)).map((parts) => `ap-${parts.join('-')}`),
    payloadHash: fc.stringMatching(/^[0-9a-f]{64}$/),
    workflowId: digits(16),
    record: fc
      .tuple(
        digits(19),
        fc.oneof(
          fc.constantFrom('0-1', '0-136'),
          digits(18).map((id) => `2-${id}`),
          fc.stringMatching(/^p[1-9]\d{0,11}_[a-z]\w{0,49}$/),
        ),
      )
      .map(([id, type]) => makeRecordRef(id, type)),
    ownerEmail: fc.string({ maxLength: 200 }).filter((text) => Buffer.byteLength(text) <= 254),
    ownerProperty: fc.stringMatching(/^[a-z0-9][a-z0-9_]{0,99}$/),
    overwrite: fc.constantFrom(...OVERWRITE),
    ifNotAssignable: fc.constantFrom(...IF_NOT_ASSIGNABLE),
    fallbackOwner: ownerIdText,
    firstSeenAtEpochMs: number,
    queuedAtEpochMs: number,
    expiresAtEpochMs: number,
    requeueCount: fc.nat(),
    refusals: fc.nat(),
    completion: fc.constantFrom('pending', 'unconfirmed', undefined),
    deadLetterCount: fc.nat(),
  })
  .map(
    ({
      callbackId,
      payloadHash,
      queuedAtEpochMs,
      expiresAtEpochMs,
      requeueCount,
      refusals,
      completion,
      deadLetterCount,
      ...command
    }) => ({
      key: { portalId: command.portalId, executionId: callbackId },
      payloadHash,
      command: { ...command, currentValue: undefined, isLate: true },
      queuedAtEpochMs,
      expiresAtEpochMs,
      requeueCount,
      refusals,
      completion,
      deadLetterCount,
    }),
  );

const bodyOf = (execution: QueuedExecution) =>
  JSON.parse(toExecutionMessage(execution, seal)) as Record<string, unknown>;
const readWhole = (body: unknown) => fromExecutionMessage(typeof body === 'string' ? body : JSON.stringify(body), seal);
const read = (body: unknown) => readWhole(body).execution;

describe('Execution messages', () => {
  it('Any queued execution is read unchanged from its message', () => {
    fc.assert(
      fc.property(queued, (execution) => {
        expect(read(toExecutionMessage(execution, seal))).toEqual(execution);
      }),
    );
  });

  it('[Q13] A message has room for every execution that a workflow can really send', () => {
    fc.assert(
      fc.property(queued, (execution) => {
        expect(Buffer.byteLength(toExecutionMessage(execution, seal))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(canCarry(execution)).toBe(true);
      }),
    );
    expect(MAX_MESSAGE_BYTES).toBe(1_024);
  });

  it('[Q13] A message has room for the longest value of every member', () => {
    const longest = makeQueued({
      key: {
        portalId: toPortalId('9'.repeat(12)),
        executionId: `ap-${[12, 15, 12, 6].map((length) => '9'.repeat(length)).join('-')}`,
      },
      command: {
        portalId: toPortalId('9'.repeat(12)),
        workflowId: '9'.repeat(16),
        record: makeRecordRef('9'.repeat(19), `2-${'9'.repeat(18)}`),
        ownerEmail: `${'e'.repeat(242)}@example.com`,
        ownerProperty: 'p'.repeat(100),
        overwrite: 'IF_OWNER_INACTIVE',
        ifNotAssignable: 'FALLBACK',
        fallbackOwner: '9'.repeat(20),
      },
      requeueCount: 100_000,
    });
    expect(longest.command.ownerEmail).toHaveLength(254);
    expect(Buffer.byteLength(toExecutionMessage(longest, seal))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(canCarry(longest)).toBe(true);
  });

  it.each([
    ['email', { ownerEmail: `${'x'.repeat(700)}@example.com` }],
    ['email in letters of three bytes', { ownerEmail: '字'.repeat(250) }],
    ['property', { ownerProperty: 'p'.repeat(255), ownerEmail: 'e'.repeat(254), workflowId: '9'.repeat(300) }],
  ])('[Q13] A message that would be too long because of its %s is not sent', (_what, command) => {
    expect(canCarry(makeQueued({ command }))).toBe(false);
  });

  it.each(['jane@example.com', 'Jane Doe <jane@example.com>', 'JANE@EXAMPLE.COM'])(
    '[O11] A message does not show an email, wherever the workflow put it: %s',
    (email) => {
      const command = { ownerEmail: email, fallbackOwner: email };
      const body = toExecutionMessage(makeQueued({ command }), seal);
      expect(body.toLowerCase()).not.toMatch(/example|@/);
      expect(body).not.toContain(Buffer.from(email).toString('base64').replaceAll('=', ''));
      expect(read(body).command.ownerEmail).toBe(email);
    },
  );

  it('A message keeps of a fallback owner the ID, that there is none, or that it is invalid', () => {
    const padding = fc.stringMatching(/^\s{0,8}$/);
    const text = fc.oneof(
      fc.string(),
      fc.tuple(padding, digits(24), padding, fc.constantFrom('', 'x')).map((parts) => parts.join('')),
    );
    const meaningOf = (value: string) => (value.trim() === '' ? '' : (parseOwnerId(value.trim()) ?? 'no id'));
    fc.assert(
      fc.property(text, (fallbackOwner) => {
        const { command } = read(toExecutionMessage(makeQueued({ command: { fallbackOwner } }), seal));
        expect(meaningOf(command.fallbackOwner)).toBe(meaningOf(fallbackOwner));
      }),
      { examples: [['12345678901234567890    x'], ['1234567890123456789012345']] },
    );
  });
});

describe('Messages of another version', () => {
  it('[C7] A message contains its version', () => {
    expect(bodyOf(makeQueued())).toMatchObject({ version: 1 });
  });

  it('[C7] A message with unknown members is read', () => {
    const execution = makeQueued({ command: { currentValue: undefined } });
    expect(read({ ...bodyOf(execution), priority: 'high', nested: { x: [1] } })).toEqual(execution);
  });

  /** As the first release sends it. Messages like this one may wait in queues for as long as queues keep them. */
  it('[C7] A message in the very first format is read', () => {
    const body = {
      version: 1,
      portalId: '8200001',
      callbackId: 'ap-8200001-63000000001-1-0',
      payloadHash: 'a'.repeat(64),
      workflowId: '1723456789',
      objectType: '0-1',
      objectId: '9100000001',
      sealedEmail: seal.encrypt(toPortalId(8_200_001), 'jane@example.com'),
      ownerProperty: 'hubspot_owner_id',
      overwrite: 'ALWAYS',
      ifNotAssignable: 'FAIL',
      fallbackOwner: '',
      currentValue: '',
      queuedAtEpochMs: START_EPOCH_MS,
      blockEndsAtEpochMs: START_EPOCH_MS + 172_800_000,
      returns: 0,
    };
    // What it says of the record may be old by the time it is read: nobody believes it.
    expect(read(body)).toEqual(makeQueued({ command: { currentValue: undefined } }));
    const { currentValue: _left, ...without } = body;
    const added = { firstSeenAtEpochMs: START_EPOCH_MS };
    expect(bodyOf(makeQueued())).toEqual({ ...without, ...added, sealedEmail: expect.any(String) });
  });

  it.each([0, 2, '1', null, undefined])(
    '[C7] A message with the version %j is refused, because it may mean something else',
    (version) => {
      expect(() => read({ ...bodyOf(makeQueued()), version })).toThrow();
    },
  );
});

it('[W6] A message names its execution even when its email cannot be decrypted because the secret is gone', () => {
  const body = { ...bodyOf(makeQueued()), sealedEmail: 'jane@example.com' };
  const execution = makeQueued({ command: { currentValue: undefined, ownerEmail: '' } });
  expect(readWhole(body)).toEqual({ execution, isEmailReadable: false });
  expect(readWhole(bodyOf(makeQueued()))).toMatchObject({ isEmailReadable: true });
});

describe('Invalid messages', () => {
  it.each<[unknown]>([[''], ['not JSON'], ['null'], ['[]'], ['{}'], ['5'], [{ version: 1 }]])(
    '[Q3] The invalid message %j is refused',
    (body) => {
      expect(() => read(body)).toThrow();
    },
  );

  it.each<[string, unknown]>([
    ['portalId', '0'],
    ['portalId', 8_200_001],
    ['callbackId', ''],
    ['objectType', 'cars'],
    ['objectId', '../1'],
    ['ownerProperty', ''],
    ['overwrite', 'SOMETIMES'],
    ['ifNotAssignable', ''],
    ['fallbackOwner', 1],
    ['firstSeenAtEpochMs', 0],
    ['refusals', -1],
    ['completion', 'done'],
    ['strandings', 'x'],
    ['queuedAtEpochMs', 0],
    ['blockEndsAtEpochMs', '1'],
    ['returns', -1],
  ])('[Q3] A message whose %s is %j is refused', (member, value) => {
    expect(() => read({ ...bodyOf(makeQueued()), [member]: value })).toThrow();
  });

  it('[Q3] A message without one of its original members is refused, and later members are optional', () => {
    const body = bodyOf(makeQueued({ refusals: 1, completion: 'pending', deadLetterCount: 1 }));
    const needless = Object.keys(body).filter((member) => {
      const { [member]: _without, ...rest } = body;
      return isRead(rest);
    });
    expect(needless).toEqual(['firstSeenAtEpochMs', 'refusals', 'completion', 'strandings']);
  });
});

function isRead(body: unknown): boolean {
  let isGood = false;
  expect(() => {
    read(body);
    isGood = true;
    throw new Error('read');
  }).toThrow();
  return isGood;
}

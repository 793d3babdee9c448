import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../lib/domain/assignment.ts';
import { readCommand } from './command/command-line.ts';
import { PORT_FLAG, useStack } from './command/stack-command.ts';
import { print } from './output.ts';
import { askStack } from './running/running-stacks.ts';
import type { EnrollAnswer } from './send/enroll.ts';
import { exitCodeOf, formatAnswer } from './send/format-answer.ts';

const { flags } = readCommand({
  script: 'send',
  does: "Enrolls one record of the local stack's simulator, signed as HubSpot signs, and prints what became of it.",
  flags: {
    email: { type: 'string', value: 'jane@example.com', means: 'the email; leave it empty with --email ""' },
    record: { type: 'string', value: 'contact:1', means: 'made if it does not exist; default: a new contact' },
    overwrite: { type: 'string', value: 'CODE', means: OVERWRITE.join(', ') },
    'if-not-assignable': { type: 'string', value: 'CODE', means: IF_NOT_ASSIGNABLE.join(', ') },
    'fallback-owner': { type: 'string', value: 'OWNER', means: 'an email or an owner ID' },
    'owner-property': { type: 'string', value: 'NAME', means: 'default: hubspot_owner_id' },
    workflow: { type: 'string', value: 'ID', means: 'the ID of the workflow' },
    find: { type: 'boolean', means: 'run Find owner by email instead' },
    ...PORT_FLAG,
  },
  examples: [
    'npm run send -- --email jane@example.com --record contact:1 --overwrite IF_UNASSIGNED',
    'npm run send -- --email nobody@example.com --if-not-assignable FALLBACK --fallback-owner desk@example.com',
  ],
});

await useStack('send', flags.port, async (stack) => {
  if (flags.email === undefined) throw new Error('Which email? For example: npm run send -- --email jane@example.com');
  const { workflow } = flags;
  if (workflow !== undefined && !/^\d{1,15}$/.test(workflow)) throw new Error('--workflow: must be digits');
  const [recordType = 'contact', recordId] = (flags.record ?? 'contact').split(':');
  const inputs = {
    ownerEmail: flags.email,
    ownerProperty: flags['owner-property'],
    overwrite: flags.overwrite,
    ifNotAssignable: flags['if-not-assignable'],
    fallbackOwner: flags['fallback-owner'],
  };
  const answer = await askStack(stack, 'send', {
    action: flags.find === true ? 'find' : 'set',
    recordType,
    recordId,
    inputFields: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)),
    ...(workflow !== undefined && { workflowId: Number(workflow) }),
  });
  print(formatAnswer(answer as EnrollAnswer));
  return exitCodeOf(answer as EnrollAnswer);
});

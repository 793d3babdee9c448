import { isJsonObject, parseJson } from '../lib/domain/json-object.ts';
import { readCommand } from './command/command-line.ts';
import { PORT_FLAG, useStack } from './command/stack-command.ts';
import { print } from './output.ts';
import { askStack } from './running/running-stacks.ts';

const { flags } = readCommand({
  script: 'invoke',
  does: 'Invokes a function of the local stack by its name, as an operator does on AWS, and prints its answer.',
  flags: {
    function: { type: 'string', value: 'NAME', means: 'as in serverless.yml' },
    data: { type: 'string', value: 'JSON', means: 'its event; default: {}' },
    ...PORT_FLAG,
  },
  examples: [`npm run invoke -- --function explainOwner --data '{"portalId":"4000001","value":"jane@example.com"}'`],
});

await useStack('invoke', flags.port, async (stack) => {
  if (flags.function === undefined) throw new Error('Which function? For example: npm run invoke -- --function health');
  const input = { functionName: flags.function, event: parseEvent(flags.data ?? '{}') };
  const { answer } = (await askStack(stack, 'invoke', input)) as { answer?: unknown };
  print(JSON.stringify(answer, null, 2) ?? 'The function returned nothing.');
  return 0;
});

function parseEvent(text: string): object {
  const event = parseJson(text);
  if (event === undefined) throw new Error('--data: must be JSON, in single quotes for the shell');
  if (!isJsonObject(event)) throw new Error(`--data: must be a JSON object, such as '{"portalId":"4000001"}'`);
  return event;
}

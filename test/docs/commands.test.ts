import { findProblem, needsAccount } from './check-command.ts';
import { COMMAND_PAGES, readCommands } from './guide-commands.ts';
import { findStaleReasons, wayToRun } from './guide-runs.ts';
import { parseShell } from './shell.ts';

const pages = COMMAND_PAGES.map((page) => ({ page, commands: readCommands(page) })).filter(
  ({ commands }) => commands.length > 0,
);

it('The guides have commands, in blocks and in sentences', () => {
  const all = pages.flatMap(({ commands }) => commands);
  expect(all.filter(({ place }) => place === 'block').length).toBeGreaterThan(80);
  expect(all.filter(({ place }) => place === 'text').length).toBeGreaterThan(50);
});

it.each(pages)('Every command of $page names scripts, flags, files and parameters that exist', async ({ commands }) => {
  const problems = await Promise.all(
    commands.map(async (command) => {
      const problem = await findProblem(command);
      return problem === undefined ? [] : [`${command.text}: ${problem}`];
    }),
  );
  expect(problems.flat()).toEqual([]);
});

it.each(pages)('Every command of $page that needs an account at AWS or HubSpot is marked', ({ commands }) => {
  expect(commands.filter((each) => needsAccount(each) && !each.isMarked).map(({ text }) => text)).toEqual([]);
});

it.each(pages)('Every command in a block of $page is run by a test, is marked, or has a reason', ({ commands }) => {
  const inBlocks = commands.filter(({ place, isMarked }) => place === 'block' && !isMarked);
  expect(inBlocks.filter((each) => wayToRun(each) === undefined).map(({ text }) => text)).toEqual([]);
});

it('No reason is for a command that no guide has any more', () => {
  expect(findStaleReasons(pages.flatMap(({ commands }) => commands))).toEqual([]);
});

it.each([
  ['npm run sent -- --email a@example.com', 'there is no npm script sent'],
  ['npm run send --email a@example.com', 'send: options go after --'],
  ['npm run send -- --emial a@example.com', 'Unknown option --emial. Did you mean --email?'],
  ['npm run lint -- --fix', 'lint takes no options'],
  ['npm run deploy -- --stage prod --param="domain=a.example.com"', 'the template has no parameter domain'],
  ['npm test -- test/nowhere', 'no test is in test/nowhere'],
  ['npx jest test/docs test/nowhere', 'no test is in test/nowhere'],
  ['npx node bench/nothing.ts', 'there is no file bench/nothing.ts'],
  ["sed 's/a/b/' docs/nothing.json > b.json", 'there is no file docs/nothing.json'],
  ['npx sls invoke --function forgetPortal', 'forgetPortal takes longer: set AWS_CLIENT_TIMEOUT'],
  ['aws queues list', 'aws has no queues'],
  ['curl https://example.com', 'nobody knows the program curl'],
])('The command "%s" of a guide is found to be wrong: %s', async (text, problem) => {
  const [command] = parseShell(text);
  expect(command).toBeDefined();
  if (command !== undefined) expect(await findProblem(command)).toBe(problem);
});

it('A shell block is read as a shell reads it', () => {
  const block = `A=1 B="x y" npm ci && npm run a -- \\
    --data '{"k":"v; w"}' < in.txt
for row in a b; do
  aws x --key "{\\"k\\":\\"$row\\"}"
done
read -rs TOKEN && aws y --value "$(aws z --query 'a b')" | sed s/a/b/ > c`;
  expect(parseShell(block).map(({ env, words }) => [env, ...words])).toEqual([
    [{ A: '1', B: 'x y' }, 'npm', 'ci'],
    [{}, 'npm', 'run', 'a', '--', '--data', '{"k":"v; w"}'],
    [{}, 'aws', 'x', '--key', '{"k":"$row"}'],
    [{}, 'read', '-rs', 'TOKEN'],
    [{}, 'aws', 'y', '--value', "$(aws z --query 'a b')"],
    [{}, 'sed', 's/a/b/'],
    [{}, 'aws', 'z', '--query', 'a b'],
  ]);
});

import { cliCache } from './cli-cache.ts';
import { readCommand } from './command/command-line.ts';
import { serverlessScript } from './deploy/serverless-cli.ts';
import { runProgram } from './run-program.ts';

const { flags } = readCommand({
  script: 'package',
  does: 'Builds the deployment package in .serverless/. Needs no account and changes none.',
  flags: {
    stage: { type: 'string', value: 'NAME', means: 'default: dev' },
    param: {
      type: 'string',
      value: 'NAME=VALUE',
      means: 'a parameter of serverless.yml; may be repeated',
      several: true,
    },
  },
  examples: ['npm run package', 'npm run package -- --stage prod'],
});

const projectDir = process.cwd();
const { stage, param = [] } = flags;
const { exitCode } = await runProgram({
  command: process.execPath,
  args: [
    serverlessScript(projectDir),
    'package',
    ...(stage === undefined ? [] : ['--stage', stage]),
    ...param.map((one) => `--param=${one}`),
  ],
  cwd: projectDir,
  environment: { ...cliCache(projectDir), SLS_NOTIFICATIONS_MODE: 'off' },
  output: 'show',
});
process.exitCode = exitCode;

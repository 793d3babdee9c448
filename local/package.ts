import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCommand } from './command/command-line.ts';
import { checkStage, DEFAULT_REGION, readParams } from './deploy/deploy-options.ts';
import { checkParams } from './deploy/params.ts';
import { runServerless } from './deploy/serverless-cli.ts';
import { readAccepted } from './deploy/settings.ts';
import { describeFault } from './describe-fault.ts';
import { printError } from './output.ts';
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
try {
  if (stage !== undefined) checkStage(stage);
  checkParams(readParams(param), readAccepted(projectDir).params, process.env.AWS_REGION || DEFAULT_REGION);
  // The Serverless CLI would stop with a stack trace.
  mkdirSync(join(projectDir, '.serverless'), { recursive: true });
  const { exitCode } = await runServerless(runProgram, projectDir, {
    args: ['package', ...(stage === undefined ? [] : ['--stage', stage]), ...param.map((one) => `--param=${one}`)],
  });
  process.exitCode = exitCode;
} catch (error) {
  printError(describeFault(error));
  process.exitCode = 1;
}

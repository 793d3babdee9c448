import { runHs } from './fake-hs.ts';

/** The program `hs` of the tests. Started by path. */
const { exitCode, output } = await runHs({ args: process.argv.slice(2), cwd: process.cwd(), environment: process.env });
process.exitCode = exitCode;
process[exitCode === 0 ? 'stdout' : 'stderr'].write(`${output}\n`);

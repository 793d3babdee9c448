import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../local/run-program.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

it.each([
  { given: 'no region', args: [], region: 'eu-west-1' },
  { given: '--region', args: ['--region', 'eu-north-1'], region: 'eu-north-1' },
])(
  'Given $given, the doctor looks at a stage in $region, whatever a variable of the shell says',
  async ({ args, region }) => {
    const scopes = new Set<string>();
    const lambda = createServer((request, response) => {
      scopes.add(/\/([\w-]+)\/lambda\//.exec(request.headers.authorization ?? '')?.[1] ?? '');
      response.writeHead(404).end('{}');
    });
    await once(lambda.listen(0, '127.0.0.1'), 'listening');
    const cwd = mkdtempSync(join(tmpdir(), 'doctor-'));
    for (const folder of ['deploy', 'functions']) mkdirSync(join(cwd, folder));
    writeFileSync(join(cwd, 'deploy/prod.env'), 'AWS_REGION=eu-west-1\n');
    writeFileSync(join(cwd, 'functions/health.ts'), '');
    try {
      const { output } = await runProgram({
        command: process.execPath,
        args: [join(PROJECT_DIR, 'local/doctor/doctor.ts'), '--stage', 'prod', ...args],
        cwd,
        environment: {
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'any',
          AWS_SECRET_ACCESS_KEY: 'any',
          AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
        },
        output: 'keep',
      });
      expect(output).toContain('function health: is not deployed in this region');
      expect([...scopes]).toEqual([region]);
    } finally {
      lambda.close();
      rmSync(cwd, { recursive: true });
    }
  },
);

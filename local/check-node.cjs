// Loaded before every program here. It is plain JavaScript, so that a Node that cannot run TypeScript still gets a helpful
// message.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

function findProblem() {
  if (!existsSync(join(__dirname, '../node_modules'))) return 'The packages are not installed. Run npm ci.';
  // Node 22.18 and newer run TypeScript directly. npm ci installs Node 24 for this project, unless install scripts are off.
  if (process.features.typescript) return undefined;
  return `Node 22.18 or newer is needed, and this is Node ${process.versions.node}. Run npm ci --ignore-scripts=false, which installs Node 24 for this project, or install Node 24.`;
}

// A proxy, which Node uses if NODE_USE_ENV_PROXY is set, cannot reach what runs on this machine.
function keepLocalCallsLocal() {
  const { NODE_USE_ENV_PROXY, no_proxy, NO_PROXY } = process.env;
  const given = no_proxy || NO_PROXY;
  if (!NODE_USE_ENV_PROXY || given === '*') return;
  const hosts = [given, '127.0.0.1', 'localhost', '[::1]'].filter(Boolean).join(',');
  Object.assign(process.env, { no_proxy: hosts, NO_PROXY: hosts });
}

keepLocalCallsLocal();
const problem = findProblem();
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

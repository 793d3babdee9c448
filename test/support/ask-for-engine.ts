export type EngineName = 'dynalite' | 'dynamodb-local';

const found = new Map<EngineName, Promise<string>>();

/** The address of an engine, once it answers. A test file asks once for each (engine-desk.ts). */
export function askForEngine(name: EngineName): Promise<string> {
  const endpoint = found.get(name) ?? ask(name);
  found.set(name, endpoint);
  return endpoint;
}

async function ask(name: EngineName): Promise<string> {
  const response = await fetch(`${process.env.TEST_ENGINE_DESK}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`the engine ${name} is not running: ${text}`);
  return text;
}

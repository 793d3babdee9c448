/** Asks the server of the desk. @throws with its reason when it refuses */
export async function ask<Answer>(name: string, input: object = {}): Promise<Answer> {
  const response = await fetch(`/desk/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `the desk answered ${response.status}`);
  return body;
}

import { asJsonObject, parseJson } from '../../lib/domain/json-object.ts';

/**
 * Runs a function through Lambda's Invoke API, which serverless-offline serves without signatures, and answers what
 * the function returned; undefined for nothing. Not safe to repeat: it runs the function.
 * @throws for a function that threw, which Lambda answers with 200 and `X-Amz-Function-Error` (Invoke, API reference,
 * read 2026-11-23), and for every status but 200.
 */
export function invokeOverHttp(endpoint: string, functionName: string): (event: object) => Promise<unknown> {
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, endpoint);
  return async (event) => {
    const response = await fetch(url, {
      method: 'POST',
      // A kept connection would hold up the server's stop.
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: JSON.stringify(event),
    });
    const text = await response.text();
    const functionError = response.headers.get('x-amz-function-error');
    if (functionError !== null)
      throw new Error(`the function ${functionName} failed: ${readMessage(text) ?? functionError}`);
    if (response.status !== 200) throw new Error(`the function ${functionName} was not run: status ${response.status}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}

/** What the function threw: Lambda puts it into the body (Invoke, API reference, read 2026-11-23). */
function readMessage(body: string): string | undefined {
  const { errorMessage } = asJsonObject(parseJson(body));
  return typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : undefined;
}

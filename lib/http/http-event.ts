/**
 * The event that API Gateway sends to a function: payload 2.0 of HTTP APIs, or 1.0 of REST APIs, which keeps the case of header
 * names. Only the members that we read. (AWS Lambda proxy integration reference, read 2026-11-23.)
 */
export type HttpEvent = {
  readonly version?: string;
  /** 2.0 */
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  /** 1.0 */
  readonly path?: string;
  readonly httpMethod?: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: { readonly requestId?: string; readonly http?: { readonly method?: string } };
};

export type HttpResult = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export function methodOf(event: HttpEvent): string {
  return event.requestContext?.http?.method ?? event.httpMethod ?? '';
}

export function pathOf(event: HttpEvent): string {
  return event.rawPath ?? event.path ?? '';
}

/** All values of a header, in any case of its name and from any member of the event. */
export function headerValues(event: HttpEvent, lowerCaseName: string): readonly string[] {
  const values = [...entriesOf(event.multiValueHeaders), ...entriesOf(event.headers)]
    .filter(([name]) => name.toLowerCase() === lowerCaseName)
    .flatMap(([, value]) => value ?? []);
  // Payload 1.0 has each header in both members; the same value twice is one value.
  return event.multiValueHeaders ? [...new Set(values)] : values;
}

/** The bytes as HubSpot sent them. Not decoded, because the signature covers bytes. */
export function bodyBytes(event: HttpEvent): Uint8Array {
  return Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8');
}

/** The size of the body without decoding it. */
export function bodySize(event: HttpEvent): number {
  return Buffer.byteLength(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8');
}

function entriesOf<T>(record: Readonly<Record<string, T>> | null | undefined): [string, T][] {
  return Object.entries(record ?? {});
}

import type { Context } from 'aws-lambda';
import { type Deadline, readDeadline, type TimeForWork } from '../domain/deadline.ts';
import { reportUnexpected } from '../observability/report-fault.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { Now } from '../ports/telemetry.ts';

export type OperatorHandlerOptions<Runtime, Request> = {
  readonly telemetry: Telemetry;
  readonly runtime: () => Promise<Runtime>;
  /** @throws if the event is not a request: the message names the wrong field, never its value */
  readonly parse: (event: unknown) => Request;
  readonly timeForWork?: TimeForWork;
};

/** The frame of a function that operators invoke. An invalid event is refused before anything starts. */
export function createOperatorHandler<Runtime extends { readonly now: Now }, Request, Answer>(
  { telemetry, runtime, parse, timeForWork }: OperatorHandlerOptions<Runtime, Request>,
  answer: (runtime: Runtime, request: Request, deadline: Deadline) => Promise<Answer>,
) {
  return async function operatorHandler(event: unknown, context: Context): Promise<Answer> {
    telemetry.startRequest(context.awsRequestId);
    const request = parse(event);
    return reportUnexpected(telemetry, async () => {
      const started = await runtime();
      return answer(started, request, readDeadline(context, started.now(), timeForWork));
    });
  };
}

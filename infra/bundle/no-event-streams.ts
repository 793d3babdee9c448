/**
 * Replaces the AWS SDK's event streams in the bundles. No operation of DynamoDB or SQS has one. The SDK loads them with
 * `import()`, so the bundler would keep every module that they share with other code separate and whole.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('event streams are not bundled');
  }
}

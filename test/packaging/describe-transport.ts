import type { Packages, ServicePackage } from './service-package.ts';
import { resourcesOf } from './template.ts';

type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
};
type QueuePolicy = { readonly Queues: readonly string[]; readonly PolicyDocument: { readonly Statement: Statement[] } };
type TopicPolicy = { readonly Topics: readonly string[]; readonly PolicyDocument: { readonly Statement: Statement[] } };

/** What may be asked of a topic. SNS takes no wildcard in a topic's policy (SNS API permissions, read 2026-11-26). */
const TOPIC_ACTIONS = [
  'AddPermission',
  'DeleteTopic',
  'GetTopicAttributes',
  'ListSubscriptionsByTopic',
  'Publish',
  'RemovePermission',
  'SetTopicAttributes',
  'Subscribe',
].map((action) => `sns:${action}`);
const WITHOUT_TLS = { Bool: { 'aws:SecureTransport': 'false' } };
const listed = (value: string | readonly string[]) => (typeof value === 'string' ? [value] : value);

const queuesOf = ({ evaluated }: ServicePackage) => [...resourcesOf(evaluated, 'AWS::SQS::Queue').keys()];
const queuePoliciesOf = ({ evaluated }: ServicePackage) => [
  ...resourcesOf<QueuePolicy>(evaluated, 'AWS::SQS::QueuePolicy').values(),
];
const topicPoliciesOf = ({ evaluated }: ServicePackage) => [
  ...resourcesOf<TopicPolicy>(evaluated, 'AWS::SNS::TopicPolicy').values(),
];

export function describeTransport(packages: () => Packages): void {
  it('Every request to a queue without TLS is refused, and the policy grants nothing else', () => {
    for (const service of Object.values(packages())) {
      const policies = queuePoliciesOf(service);
      expect(queuesOf(service)).toHaveLength(5);
      expect(policies.flatMap(({ Queues }) => Queues).sort()).toEqual(queuesOf(service).sort());
      for (const { Queues, PolicyDocument } of policies) {
        expect(PolicyDocument.Statement).toMatchObject([
          { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Condition: WITHOUT_TLS },
        ]);
        const [statement] = PolicyDocument.Statement;
        expect(statement && listed(statement.Resource)).toEqual(Queues.map((queue) => `${queue}.Arn`));
      }
    }
  });

  it('Every request to the alarm topic without TLS is refused, and the alarms of this AWS account can publish', () => {
    expect(topicPoliciesOf(packages().plain)).toEqual([]);
    const [policy, ...others] = topicPoliciesOf(packages().full);
    expect(others).toEqual([]);
    expect(policy).toMatchObject({
      Topics: ['AlarmTopic'],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Deny', Principal: '*', Action: TOPIC_ACTIONS, Resource: 'AlarmTopic', Condition: WITHOUT_TLS },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: 'AlarmTopic',
            Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
          },
        ],
      },
    });
  });
}

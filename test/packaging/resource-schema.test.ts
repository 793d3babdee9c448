import { createSchemaCheck } from './resource-schema.ts';
import { evaluate, type Template } from './template.ts';

const check = createSchemaCheck();
const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'any', VisibilityTimeout: 30 } };

function problemsOf(resources: Template['Resources'], conditions: Template['Conditions'] = {}): string[] {
  return check(evaluate({ Resources: resources, Outputs: {}, Conditions: conditions }));
}

/** The check itself, on templates that CloudFormation would refuse. */
it.each<[string, Template['Resources'], string[]]>([
  ['nothing wrong', { Queue: QUEUE }, []],
  [
    'a property that is not known',
    { Queue: { ...QUEUE, Properties: { VisibilityTimeoutSeconds: 30 } } },
    ['Queue.VisibilityTimeoutSeconds: is unknown'],
  ],
  [
    'a value of the wrong kind',
    { Queue: { ...QUEUE, Properties: { VisibilityTimeout: 'soon' } } },
    ['Queue.VisibilityTimeout: must be a whole number'],
  ],
  [
    'a member that is missing deep inside',
    {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, Dimensions: [{ Name: 'any' }] },
      },
    },
    ['Alarm.Dimensions[0].Value: is missing'],
  ],
  [
    'a required property that is missing',
    { Subscription: { Type: 'AWS::SNS::Subscription', Properties: { Protocol: 'email' } } },
    ['Subscription.TopicArn: is missing'],
  ],
  [
    'a reference to nothing',
    { Queue: { ...QUEUE, Properties: { QueueName: { Ref: 'Nothing' } } } },
    ['Nothing: there is no such resource'],
  ],
  [
    'an attribute that is not there',
    { Queue: { ...QUEUE, Properties: { QueueName: { 'Fn::GetAtt': ['Queue', 'Color'] } } } },
    ['Queue.Color: there is no such attribute'],
  ],
])('The schema check finds %s', (_what, resources, problems) => {
  expect(problemsOf(resources)).toEqual(problems);
});

it('The schema check refuses a resource type that AWS does not know', () => {
  expect(() => problemsOf({ Any: { Type: 'AWS::Any::Thing' } })).toThrow('AWS knows no resource AWS::Any::Thing');
});

it('The schema check skips what a condition leaves out, and does not treat a function as a value', () => {
  const never = { IsMade: { 'Fn::Equals': ['', 'given'] } };
  expect(problemsOf({ Queue: { Type: 'AWS::Any::Thing', Condition: 'IsMade' } }, never)).toEqual([]);
  const named = { 'Fn::If': ['IsMade', 'given', { Ref: 'AWS::NoValue' }] };
  expect(
    evaluate({ Resources: { Queue: { ...QUEUE, Properties: { QueueName: named } } }, Outputs: {}, Conditions: never })
      .resources[0]?.properties,
  ).toEqual({});
  const split = { 'Fn::Split': [',', 'a,b'] };
  expect(() => problemsOf({ Queue: { ...QUEUE, Properties: { QueueName: split } } })).toThrow(
    'unknown function Fn::Split',
  );
});

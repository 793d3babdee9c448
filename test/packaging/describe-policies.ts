import { actionsOf, isAllowed, readStatements } from '../support/policies.ts';
import { listToolCalls } from './deploy-tool-calls.ts';
import type { Packages } from './service-package.ts';
import type { Resource } from './template.ts';

/** What the tool sends only for what this service does not have. */
const NOT_OURS = [
  // Container images.
  /^ecr:/,
  // REST APIs and HTTP APIs of other stacks.
  /^api-gateway:|^apigatewayv2:|^cloudformation:ListExports$/,
  // Functions that logs invoke.
  /^logs:(Delete|Describe)SubscriptionFilters?$/,
];

/**
 * What CloudFormation calls to create and delete a resource of a type, with the caller's permissions (each service's API
 * reference, read 2026-11-27). What has no call of its own is set with its owner.
 */
const LIFE: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['apigateway:POST', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::ApiMapping': ['apigateway:POST', 'apigateway:DELETE'],
  // The first domain of an AWS account needs a role of API Gateway's own (service-linked roles, read 2026-11-28).
  'AWS::ApiGatewayV2::DomainName': ['apigateway:POST', 'apigateway:DELETE', 'iam:CreateServiceLinkedRole'],
  'AWS::ApiGatewayV2::Integration': ['apigateway:POST', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::Route': ['apigateway:POST', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::Stage': ['apigateway:POST', 'apigateway:PATCH', 'apigateway:DELETE'],
  'AWS::CloudWatch::Alarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch:PutDashboard', 'cloudwatch:DeleteDashboards'],
  'AWS::DynamoDB::Table': [
    'dynamodb:CreateTable',
    'dynamodb:DescribeTable',
    'dynamodb:UpdateTimeToLive',
    'dynamodb:UpdateContinuousBackups',
  ],
  'AWS::IAM::Role': ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PassRole', 'iam:DeleteRolePolicy', 'iam:DeleteRole'],
  'AWS::KMS::Alias': ['kms:CreateAlias', 'kms:DeleteAlias'],
  'AWS::KMS::Key': ['kms:CreateKey', 'kms:PutKeyPolicy', 'kms:EnableKeyRotation', 'kms:DescribeKey'],
  'AWS::Lambda::EventInvokeConfig': ['lambda:PutFunctionEventInvokeConfig', 'lambda:DeleteFunctionEventInvokeConfig'],
  'AWS::Lambda::EventSourceMapping': ['lambda:CreateEventSourceMapping', 'lambda:DeleteEventSourceMapping'],
  'AWS::Lambda::Function': [
    'lambda:CreateFunction',
    'lambda:PutFunctionConcurrency',
    'lambda:PutFunctionRecursionConfig',
    'lambda:DeleteFunction',
  ],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:RemovePermission'],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
  'AWS::S3::Bucket': ['s3:CreateBucket', 's3:PutEncryptionConfiguration', 's3:DeleteBucket'],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
  'AWS::SNS::Subscription': ['sns:Subscribe', 'sns:Unsubscribe'],
  'AWS::SNS::Topic': ['sns:CreateTopic', 'sns:DeleteTopic'],
  'AWS::SNS::TopicPolicy': ['sns:SetTopicAttributes'],
  'AWS::SQS::Queue': ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:DeleteQueue'],
  'AWS::SQS::QueuePolicy': ['sqs:SetQueueAttributes'],
  'AWS::Scheduler::Schedule': ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
};

const PLACE = 'eu-central-1:111111111111';
/** The ARN of a resource, by the name that we give it. */
const ARNS: Readonly<Record<string, (properties: Readonly<Record<string, unknown>>) => string>> = {
  'AWS::CloudWatch::Alarm': ({ AlarmName }) => `arn:aws:cloudwatch:${PLACE}:alarm:${AlarmName}`,
  'AWS::CloudWatch::Dashboard': ({ DashboardName }) => `arn:aws:cloudwatch::111111111111:dashboard/${DashboardName}`,
  'AWS::DynamoDB::Table': ({ TableName }) => `arn:aws:dynamodb:${PLACE}:table/${TableName}`,
  'AWS::Lambda::Function': ({ FunctionName }) => `arn:aws:lambda:${PLACE}:function:${FunctionName}`,
  'AWS::Logs::LogGroup': ({ LogGroupName }) => `arn:aws:logs:${PLACE}:log-group:${LogGroupName}`,
  'AWS::SNS::Topic': ({ TopicName }) => `arn:aws:sns:${PLACE}:${TopicName}`,
  'AWS::SQS::Queue': ({ QueueName }) => `arn:aws:sqs:${PLACE}:${QueueName}`,
  'AWS::Scheduler::Schedule': ({ Name }) => `arn:aws:scheduler:${PLACE}:schedule/default/${Name}`,
};

export function describePolicies(packages: () => Packages): void {
  const made = () => Object.values(packages()).flatMap(({ evaluated }) => evaluated.resources);

  it('The deployment policy allows creating and deleting a resource of every type in the template', () => {
    const allowed = new Set(actionsOf(readStatements('deploy')));
    const types = [...new Set(made().map(({ type }) => type))];
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((type) => LIFE[type] === undefined)).toEqual([]);
    expect(types.flatMap((type) => LIFE[type] ?? []).filter((action) => !allowed.has(action))).toEqual([]);
  });

  it('The deployment policy allows these actions for the name of each resource', () => {
    for (const { stage, evaluated } of Object.values(packages())) {
      const statements = readStatements('deploy', stage);
      const named = evaluated.resources.filter(({ type }) => ARNS[type] !== undefined);
      expect(named.length).toBeGreaterThan(40);
      const refused = named.filter((resource) => !isMade(resource));
      expect(refused.map(({ name }) => name)).toEqual([]);

      function isMade({ type, properties }: Resource): boolean {
        const arn = ARNS[type]?.(properties) ?? '';
        return (LIFE[type] ?? []).every((action) => isAllowed(statements, action, arn));
      }
    }
  });

  it('The deployment policy allows every call of the deployment tool', () => {
    const allowed = new Set(actionsOf(readStatements('deploy')));
    const calls = [...listToolCalls()].filter((call) => !NOT_OURS.some((pattern) => pattern.test(call)));
    expect(calls).toContain('cloudformation:ExecuteChangeSet');
    expect(calls.filter((call) => !allowed.has(call))).toEqual([]);
  });
}

import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/** SecureStrings in SSM Parameter Store. */
export type Parameters = {
  /** Of these names, the ones that exist. Values are not read. @throws for one that is not a SecureString */
  findExisting(names: readonly string[]): Promise<ReadonlySet<string>>;
  put(name: string, value: string): Promise<void>;
};

export function createParameters(region: string): Parameters {
  const ssm = new SSMClient({ region });
  return {
    async findExisting(names) {
      const { Parameters: found = [] } = await ssm.send(new GetParametersCommand({ Names: [...names] }));
      const plain = found.filter(({ Type }) => Type !== 'SecureString').map(({ Name }) => Name);
      if (plain.length > 0) {
        throw new Error(
          `SSM parameter ${plain.join(', ')} is not a SecureString. Delete it, then run npm run setup again`,
        );
      }
      return new Set(found.map(({ Name = '' }) => Name));
    },
    async put(Name, Value) {
      await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
    },
  };
}

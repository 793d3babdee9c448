import type { Aws } from './aws.ts';
import { type Finding, good, wrong } from './finding.ts';

/** The key that encrypts the portals' tokens (DescribeKey, KMS API reference, read 2026-11-25). */
export async function checkTokenKey({ callKms }: Pick<Aws, 'callKms'>, keyId: string): Promise<Finding> {
  const subject = 'token key';
  const { status, body } = await callKms('DescribeKey', { KeyId: keyId });
  const trouble = String(body.__type ?? '').replace(/^.*#/, '');
  if (status !== 200) return wrong(subject, `KMS answered with status ${status} ${trouble}`.trim());
  const { KeyState, Enabled } = Object(body.KeyMetadata) as { KeyState?: string; Enabled?: boolean };
  if (Enabled === true) return good(subject, 'is enabled');
  return wrong(
    subject,
    `is ${KeyState}: no token can be read. Enable it, or cancel its deletion, before it is too late`,
  );
}

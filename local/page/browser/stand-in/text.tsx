import type {
  DescriptionListItemProps,
  DescriptionListProps,
  HeadingProps,
  LinkProps,
  StatisticsItemProps,
  StatisticsProps,
  StatusTagProps,
  TextProps,
} from '@hubspot/ui-extensions';

export function Heading({ children }: HeadingProps) {
  return <h2>{children}</h2>;
}

export function Text({ children, variant = 'bodytext' }: TextProps) {
  return <p className={variant}>{children}</p>;
}

export function Link({ children, href }: LinkProps) {
  const { url, external = true } = typeof href === 'string' ? { url: href } : href;
  return (
    <a href={url} {...(external && { target: '_blank', rel: 'noreferrer' })}>
      {children}
    </a>
  );
}

export function StatusTag({ children, variant = 'default' }: StatusTagProps) {
  return <p className={`status-tag ${variant}`}>{children}</p>;
}

export function DescriptionList({ children }: DescriptionListProps) {
  return <dl>{children}</dl>;
}

export function DescriptionListItem({ label, children }: DescriptionListItemProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Statistics({ children }: StatisticsProps) {
  return <dl className="statistics">{children}</dl>;
}

export function StatisticsItem({ label, number }: StatisticsItemProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{number}</dd>
    </div>
  );
}

import type {
  AlertProps,
  EmptyStateProps,
  ErrorStateProps,
  LoadingSpinnerProps,
  ProgressBarProps,
} from '@hubspot/ui-extensions';

export function Alert({ title, children, variant = 'info' }: AlertProps) {
  return (
    <div className={`alert ${variant}`} role={variant === 'error' || variant === 'danger' ? 'alert' : 'status'}>
      <p>
        <strong>{title}</strong>
      </p>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </div>
  );
}

export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <section className="state">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function ErrorState({ title, children }: ErrorStateProps) {
  return (
    <section className="state error" role="alert">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function LoadingSpinner({ label }: LoadingSpinnerProps) {
  return (
    <p className="loading" role="status">
      {label}
    </p>
  );
}

export function ProgressBar({ title, value = 0, maxValue = 100, valueDescription, ...others }: ProgressBarProps) {
  return (
    <div className="field">
      <p>{title}</p>
      <progress aria-label={others['aria-label'] ?? title} value={value} max={maxValue} />
      <p className="microcopy" role="status">
        {valueDescription}
      </p>
    </div>
  );
}

import type { ButtonProps, FormProps, InputProps, LoadingButtonProps, TextAreaProps } from '@hubspot/ui-extensions';
import { type ReactNode, useId } from 'react';

type Handler = (event: never, reactions: never) => void;

export function Button({
  children,
  onClick,
  disabled = false,
  variant = 'secondary',
  type = 'button',
  size,
}: ButtonProps) {
  const click = onClick as Handler | undefined;
  return (
    <button
      type={type}
      className={`${variant} ${size === 'small' || size === 'sm' ? 'small' : ''}`}
      disabled={disabled}
      onClick={() => click?.(undefined as never, undefined as never)}
    >
      {children}
    </button>
  );
}

/** Stays focused while it is busy, so that a keyboard does not lose its place. */
export function LoadingButton({
  children,
  onClick,
  loading = false,
  variant = 'secondary',
  type = 'button',
}: LoadingButtonProps) {
  const click = onClick as Handler | undefined;
  return (
    <button
      type={type}
      className={variant}
      aria-disabled={loading}
      aria-busy={loading}
      onClick={(event) => {
        if (loading) event.preventDefault();
        else click?.(undefined as never, undefined as never);
      }}
    >
      {children}
    </button>
  );
}

export function Form({ children, onSubmit, autoComplete = 'on' }: FormProps) {
  const submit = onSubmit as Handler | undefined;
  return (
    <form
      noValidate={true}
      autoComplete={autoComplete}
      onSubmit={(event) => {
        event.preventDefault();
        submit?.(undefined as never, undefined as never);
      }}
    >
      {children}
    </form>
  );
}

type Labelled = Partial<Pick<InputProps, 'label' | 'required' | 'description' | 'error' | 'validationMessage'>>;
type Described = { readonly id: string; readonly 'aria-describedby': string; readonly 'aria-invalid': boolean };

/** Label, help and error, connected with their input for screen readers. */
export function Labelled({
  field,
  children,
}: {
  readonly field: Labelled;
  readonly children: (props: Described) => ReactNode;
}) {
  const id = useId();
  const { label, required = false, description, error = false, validationMessage } = field;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {children({ id, 'aria-describedby': `${id}-help ${id}-error`, 'aria-invalid': error })}
      <p id={`${id}-help`} className="microcopy">
        {description}
      </p>
      <p id={`${id}-error`} className="complaint" role={error ? 'alert' : undefined}>
        {validationMessage}
      </p>
    </div>
  );
}

export function Input(props: InputProps) {
  const { name, value = '', required = false, readOnly = false, placeholder, onInput } = props;
  return (
    <Labelled field={props}>
      {(described) => (
        <input
          {...described}
          name={name}
          type="text"
          value={value}
          aria-required={required}
          readOnly={readOnly}
          placeholder={placeholder}
          onChange={({ currentTarget }) => onInput?.(currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

export function TextArea(props: TextAreaProps) {
  const { name, value = '', readOnly = false, rows = 4, onInput } = props;
  return (
    <Labelled field={props}>
      {(described) => (
        <textarea
          {...described}
          name={name}
          value={value}
          readOnly={readOnly}
          rows={rows}
          onChange={({ currentTarget }) => onInput?.(currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

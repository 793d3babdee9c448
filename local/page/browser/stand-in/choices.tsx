import type { SelectProps, ToggleProps } from '@hubspot/ui-extensions';
import { Labelled } from './inputs.tsx';

/** The values of a page are text, so that an option's value is what it is in HTML. */
export function Select(props: SelectProps) {
  const { name, value = '', required = false, readOnly = false, placeholder, options, onChange } = props;
  return (
    <Labelled field={props}>
      {(described) => (
        <select
          {...described}
          name={name}
          value={String(value)}
          aria-required={required}
          disabled={readOnly}
          onChange={({ currentTarget }) => onChange?.(currentTarget.value)}
        >
          {value === '' && <option value="">{placeholder}</option>}
          {options.map((option) => (
            <option key={String(option.value)} value={String(option.value)}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

export function Toggle({ name, label, checked = false, readOnly = false, onChange }: ToggleProps) {
  return (
    <label className="toggle">
      <input
        type="checkbox"
        role="switch"
        name={name}
        checked={checked}
        aria-checked={checked}
        disabled={readOnly}
        onChange={({ currentTarget }) => onChange?.(currentTarget.checked)}
      />{' '}
      {label}
    </label>
  );
}

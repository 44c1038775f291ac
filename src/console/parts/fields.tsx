import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { chargers } from '../live.ts';

type SearchProps = { readonly label: string; readonly value: string; readonly onChange: (value: string) => void };

export function Search({ label, value, onChange }: SearchProps) {
  return (
    <label class="field grow">
      <span>{label}</span>
      <input
        type="search"
        value={value}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

type ChoiceProps = SearchProps & { readonly options: readonly (readonly [value: string, title: string])[] };

export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

type InputProps = SearchProps & {
  readonly type: 'text' | 'date' | 'number' | 'datetime-local';
  readonly suggestions?: readonly string[];
};

/** Says what was entered when it is entered, not with each key: the gateway is asked then. */
export function Input({ label, type, value, suggestions, onChange }: InputProps) {
  const list = useId();
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type={type}
        value={value}
        autocomplete="off"
        spellcheck={false}
        {...(type === 'number' ? { step: 'any', min: '0' } : {})}
        {...(suggestions === undefined ? {} : { list })}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {suggestions !== undefined && (
        <datalist id={list}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** A charger by its identity, with those that are known as suggestions. */
export function ChargerInput(props: SearchProps) {
  return <Input {...props} type="text" suggestions={[...(chargers.value?.keys() ?? [])]} />;
}

export function Filters({ children }: { readonly children: ComponentChildren }) {
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

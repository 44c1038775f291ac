import { effect, signal } from '@preact/signals';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const kept = <V extends string>(key: string, values: readonly V[]): V | undefined =>
  values.find((value) => value === localStorage.getItem(key));

const spoken = languages.find((each) => navigator.language.toLowerCase().startsWith(each)) ?? 'en';

export const language = signal<Language>(kept('ocpp-edge.language', languages) ?? spoken);
export const theme = signal<Theme>(kept('ocpp-edge.theme', themes) ?? 'system');

/** Puts both into the page and keeps them for the next visit. */
export function keepPreferences(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    localStorage.setItem('ocpp-edge.language', language.value);
  });
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    localStorage.setItem('ocpp-edge.theme', theme.value);
  });
}

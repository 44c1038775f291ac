import { computed } from '@preact/signals';
import { language } from '../preferences.ts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

const all: Readonly<Record<typeof language.value, Words>> = { en, de };

/** The words of the language that is chosen; components that read them are drawn again when it changes. */
export const words = computed(() => all[language.value]);

/** Words of which many pages make use. */
export const terms = computed(() => words.value.terms);

export const pageNames = computed(() => words.value.shell.pages);

/** A code of the gateway in the reader's words; as it is, where there are none. */
export function named(table: Readonly<Record<string, string>>, code: string): string {
  return table[code] ?? code;
}

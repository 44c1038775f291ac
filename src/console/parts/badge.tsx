import type { ComponentChildren } from 'preact';

/** What a colour means: good, at work, look at it, broken, nothing special. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** A state in a word; the colour only repeats it. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

const statusTones: Readonly<Record<string, Tone>> = {
  Available: 'good',
  Finishing: 'good',
  Charging: 'busy',
  Preparing: 'busy',
  SuspendedEV: 'warn',
  SuspendedEVSE: 'warn',
  Reserved: 'warn',
  Faulted: 'bad',
};

/** Of the status of a connector (OCPP 1.6 §7.7). */
export const statusTone = (status: string | undefined): Tone => statusTones[status ?? ''] ?? 'idle';

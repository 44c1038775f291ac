import { computed, effect, signal } from '@preact/signals';
import { get, token } from './api.ts';
import type { Me } from './shapes.ts';

/** Whose token this is; undefined while it is not known. */
export const me = signal<Me | undefined>(undefined);

const ranks: Readonly<Record<Me['scope'], number>> = { read: 0, operate: 1, admin: 2 };

/** What the token may not do is shown, but cannot be pressed; while it is not known, the gateway decides. */
export const mayOperate = computed(() => me.value === undefined || ranks[me.value.scope] >= ranks.operate);
export const mayAdminister = computed(() => me.value === undefined || ranks[me.value.scope] >= ranks.admin);

/** Asks who this is, and again with each token. */
export function introduce(): void {
  effect(() => {
    const asked = token.value;
    void get<Me>('/api/me').then((reply) => {
      if (asked === token.peek()) me.value = reply.kind === 'done' ? reply.value : undefined;
    });
  });
}

/** What a child process can be asked, by name; each takes and gives plain data. */
export type AskTable = Readonly<Record<string, (input: never) => unknown>>;

export type Ask = { readonly id: number; readonly name: string; readonly input: unknown };

export type Answer =
  | { readonly id: number; readonly kind: 'done'; readonly output: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly problem: string };

/** Ms on the monotonic clock that all processes of one machine share. */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

import type { ComponentChildren } from 'preact';

type PageProps = {
  readonly title: ComponentChildren;
  readonly aside?: ComponentChildren;
  /** The page is as high as the window, and its table scrolls. */
  readonly isFull?: boolean;
  readonly children: ComponentChildren;
};

export function Page({ title, aside, isFull = false, children }: PageProps) {
  return (
    <div class={isFull ? 'page full' : 'page'}>
      <header class="page-head">
        <h1>{title}</h1>
        {aside}
      </header>
      {children}
    </div>
  );
}

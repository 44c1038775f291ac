import { Component, type ComponentChildren } from 'preact';
import type { Place } from '../route.ts';
import { words } from '../words/words.ts';

type CatcherProps = { readonly place: Place; readonly children: ComponentChildren };
type CatcherState = { readonly thrown: string | undefined };

/** Shows a mistake of the console itself in place of the page that made it; another page, or another try, goes on. */
export class Catcher extends Component<CatcherProps, CatcherState> {
  override state: CatcherState = { thrown: undefined };

  static override getDerivedStateFromError(thrown: unknown): CatcherState {
    return { thrown: String(thrown) };
  }

  override componentDidCatch(thrown: unknown): void {
    console.error(thrown);
  }

  override componentDidUpdate({ place }: CatcherProps): void {
    if (place !== this.props.place && this.state.thrown !== undefined) this.setState({ thrown: undefined });
  }

  override render() {
    const { thrown } = this.state;
    if (thrown === undefined) return this.props.children;
    const { mistake, failures } = words.value;
    return (
      <div class="notice bad" role="alert">
        <p>
          <strong>{mistake.what}</strong> {mistake.todo}
        </p>
        <pre>{thrown}</pre>
        <button type="button" onClick={() => this.setState({ thrown: undefined })}>
          {failures.again}
        </button>
      </div>
    );
  }
}

import { useSignal } from '@preact/signals';
import type { Failure } from '../api.ts';
import { download } from '../download.ts';
import { words } from '../words/words.ts';

type DownloadProps = { readonly path: string; readonly name: string; readonly title: string };

export function DownloadButton({ path, name, title }: DownloadProps) {
  const failure = useSignal<Failure | undefined>(undefined);
  const isBusy = useSignal(false);
  const act = async () => {
    isBusy.value = true;
    const reply = await download(path, name);
    isBusy.value = false;
    failure.value = reply.kind === 'failed' ? reply.failure : undefined;
  };
  return (
    <span class="actions">
      {failure.value !== undefined && (
        <span role="alert" class="wrong">
          {words.value.failures[failure.value.kind].what}
        </span>
      )}
      <button type="button" disabled={isBusy.value} onClick={() => void act()}>
        {title}
      </button>
    </span>
  );
}

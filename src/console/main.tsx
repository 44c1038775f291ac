import { render } from 'preact';
import { goLive } from './live.ts';
import { introduce } from './me.ts';
import { keepPreferences } from './preferences.ts';
import { followHash } from './route.ts';
import { Shell } from './parts/shell.tsx';

const place = document.querySelector('#console');
if (place === null) throw new Error('the page has no place for the console');
keepPreferences();
followHash();
introduce();
goLive();
place.replaceChildren();
render(<Shell />, place);

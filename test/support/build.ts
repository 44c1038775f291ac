import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Root of the package. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs once before all tests: what they start as processes is the build, as `npx ocpp-edge` is. */
export function setup(): void {
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
}

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startTestEdge } from '../support/edge.ts';

const site = (fuseA: number) => `site: { id: depot }
tree: [{ id: main, maxCurrentA: ${fuseA} }]
connectors: [{ chargePoint: CP-1 }]
tariff: { import: { kind: fixed, perKwh: 0.3 } }
`;

test('a saved site file is planned with, and one with a mistake is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sites-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'depot.yaml');
  await writeFile(file, site(63));
  const edge = await startTestEdge({
    csmsUrl: 'ws://127.0.0.1:9/',
    config: { charging: { sitesFolder: folder } },
  });
  onTestFinished(() => edge.remove());
  const limitA = () => edge.sites.status('depot')?.plan?.result.nodes[0]?.limitA[0];
  // a charger that has not spoken yet is left room for
  await vi.waitFor(() => expect(limitA()).toBeGreaterThan(0), { timeout: 10_000, interval: 20 });
  const beforeA = limitA() ?? 0;
  await writeFile(`${file}~`, site(40));
  await rename(`${file}~`, file);
  await vi.waitFor(() => expect(limitA()).toBe(beforeA - 23), { timeout: 10_000, interval: 20 });
  await writeFile(file, site(40).replace('depot', 'depot north'));
  await vi.waitFor(() => expect(edge.logged.map(({ event }) => event)).toContain('site file refused'), {
    timeout: 10_000,
  });
  expect(edge.sites.sites()).toEqual(['depot']);
});

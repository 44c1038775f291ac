import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderError } from '../../../src/store/data-folder-error.ts';
import { newFolder, openIn, removeFolder } from './data-folder.ts';
import { startWriter } from './store-process.ts';

describe('one process per data folder (F24)', () => {
  let folder = '';
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));

  test('a second process is refused at once, with the pid of the first', async () => {
    const store = await openIn(folder);
    const second = startWriter(folder, 'hold');
    try {
      const refused = await second.line((line) => line.startsWith('DataFolderError'));
      expect(refused).toContain(`(pid ${process.pid})`);
      expect(refused).toContain(folder);
    } finally {
      await second.kill();
      await store.close();
    }
  });

  test('this process is refused while another holds the folder, and let in when that was killed', async () => {
    const other = startWriter(folder, 'hold');
    try {
      await other.line((line) => line === 'open');
      await expect(openIn(folder)).rejects.toThrow(
        new RegExp(`in use by another gateway \\(pid ${other.child.pid}\\)`),
      );
    } finally {
      await other.kill();
    }
    await (await openIn(folder)).close();
  });

  test('the same process is refused too, and the refusal leaves the first lock in place', async () => {
    const store = await openIn(folder);
    await expect(openIn(folder)).rejects.toThrow(DataFolderError);
    await expect(openIn(folder)).rejects.toThrow(DataFolderError);
    await store.close();
    await (await openIn(folder)).close();
  });

  test('a folder that could not be opened is not left locked', async () => {
    await (await openIn(folder)).close();
    const key = join(folder, 'gateway.key');
    writeFileSync(key, 'half a key');
    await expect(openIn(folder)).rejects.toThrow('is not a key');
    rmSync(key);
    await (await openIn(folder)).close();
  });
});

import { afterEach, beforeEach } from 'vitest';
import type { SiteStore } from '../../src/charging/site/ports.ts';
import type { Store } from '../../src/gateway/store-port.ts';
import type { ServedTimes } from '../../src/timetable/ports.ts';
import type { CampaignStore } from '../../src/transfers/campaigns/ports.ts';
import type { TransferStore } from '../../src/transfers/jobs/ports.ts';
import { newFolder, removeFolder } from '../unit/store/data-folder.ts';

export type TestedStore = Store & SiteStore & TransferStore & CampaignStore & ServedTimes;

/** One store to test. `reopen` closes it and opens the same data again; absent when nothing outlives the process. */
export type Subject = {
  readonly store: TestedStore;
  readonly reopen?: () => Promise<TestedStore>;
  readonly dispose: () => Promise<void>;
};

export type OpenSubject = () => Promise<Subject>;

/** A fresh store for each test, claimed by `the test`. */
export function useStore(open: OpenSubject): () => { store: TestedStore; epoch: number; subject: Subject } {
  let opened: { store: TestedStore; epoch: number; subject: Subject } | undefined;
  beforeEach(async () => {
    const subject = await open();
    opened = { store: subject.store, epoch: await subject.store.claim('the test'), subject };
  });
  afterEach(async () => opened?.subject.dispose());
  return () => {
    if (opened === undefined) throw new Error('no store is open');
    return opened;
  };
}

/** Stores in folders of their own, which they outlive. */
export function inFolders(openIn: (folder: string) => Promise<TestedStore>): OpenSubject {
  return async () => {
    const folder = newFolder();
    let store = await openIn(folder);
    const reopen = async () => {
      await store.close();
      store = await openIn(folder);
      return store;
    };
    const dispose = async () => {
      await store.close();
      removeFolder(folder);
    };
    return { store, reopen, dispose };
  };
}

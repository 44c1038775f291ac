import { MemoryStore } from '../bench/memory-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('the bench’s memory store', async () => {
  const store = new MemoryStore();
  return { store, dispose: () => store.close() };
});

import { describeDocumentStore } from '../contracts/document-store.contract';
import { createMemoryStore, type MemoryRows } from './memory-store';

describeDocumentStore('the memory of tests', () => {
  const rows: MemoryRows = new Map();
  return {
    open: (onUnreadable) => createMemoryStore(() => 0, onUnreadable, rows),
    remove: () => undefined,
  };
});

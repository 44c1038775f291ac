import { TransferError } from '../errors.ts';
import { readLocation } from '../fetch/location.ts';
import type { Transfer, TransferView } from './ports.ts';

/** A job as people see it. */
export function viewOf(job: Transfer): TransferView {
  const { id, station, kind, state, open, askedBy, createdAtMs, changedAtMs, location, file, told, reason } = job;
  return {
    id,
    station,
    kind,
    state,
    open,
    askedBy,
    createdAtMs,
    changedAtMs,
    location: location === undefined ? undefined : shown(location),
    name: job.kind === 'firmware' ? job.name : (job.fileName ?? job.received?.name),
    file,
    sentBytes: job.kind === 'firmware' ? job.sentBytes : undefined,
    told,
    reason,
  };
}

/** Without credentials and query. */
function shown(location: string): string {
  try {
    return readLocation(location).shown;
  } catch (thrown) {
    if (!(thrown instanceof TransferError)) throw thrown;
    return '(not a usable location)';
  }
}

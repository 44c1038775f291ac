import type { Charger } from './charger.ts';
import type { FileServer } from './csms/file-server.ts';
import type { Csms } from './csms.ts';

/** What became of transfers: what the chargers and the CSMS's file server have, against what the CSMS heard. */
export type TransferLedger = {
  /** Chargers that have the image, and of which the CSMS heard so. */
  readonly firmware: { readonly installed: number };
  /** Files of chargers that are at the CSMS, and of which it heard so. */
  readonly diagnostics: { readonly uploaded: number };
  /** Transfers that ended otherwise than the CSMS heard. */
  readonly untrue: number;
};

type Verdict = { readonly done: number; readonly untrue: number };

/** Compares both halves; a transfer that the CSMS has heard no end of is not untrue. */
export function transferLedger(chargers: readonly Charger[], csms: Csms, files: FileServer): TransferLedger {
  const firmware = chargers.map((charger) => judgeFirmware(charger, csms, files));
  const diagnostics = chargers.map((charger) => judgeDiagnostics(charger, csms, files));
  const sum = (verdicts: readonly Verdict[], part: keyof Verdict) =>
    verdicts.reduce((total, verdict) => total + verdict[part], 0);
  return {
    firmware: { installed: sum(firmware, 'done') },
    diagnostics: { uploaded: sum(diagnostics, 'done') },
    untrue: sum(firmware, 'untrue') + sum(diagnostics, 'untrue'),
  };
}

function judgeFirmware(charger: Charger, csms: Csms, { imageHash }: FileServer): Verdict {
  const heard = csms.book(charger.identity).firmware;
  const has = charger.transfers.installed.at(-1) === imageHash;
  return judge(heard.at(-1), { good: 'Installed', bad: ['DownloadFailed', 'InstallationFailed'] }, has);
}

function judgeDiagnostics(charger: Charger, csms: Csms, { arrived }: FileServer): Verdict {
  const heard = csms.book(charger.identity).diagnostics;
  const [name, hash] = [...charger.transfers.uploaded].at(-1) ?? [];
  const has = name !== undefined && arrived.get(name) === hash;
  return judge(heard.at(-1), { good: 'Uploaded', bad: ['UploadFailed'] }, has);
}

function judge(
  last: string | undefined,
  { good, bad }: { readonly good: string; readonly bad: readonly string[] },
  has: boolean,
): Verdict {
  const lies = (last === good && !has) || (last !== undefined && bad.includes(last) && has);
  return { done: last === good && has ? 1 : 0, untrue: lies ? 1 : 0 };
}

import type { ChargerDetails, TransactionView } from '../gateway/operator-port.ts';
import type { LinkState } from '../gateway/ports.ts';
import type { ChargerSetup, Operations } from '../operator/operations.ts';
import { formatAge } from './age.ts';
import { exits, type Io } from './io.ts';
import { Refusal } from './refusal.ts';
import { plain } from './table.ts';

/** `chargers show`: all that is known of one charger. Its URL may hold a secret: that is for `chargers url`. */
export async function showCharger(operations: Operations, identity: string, json: boolean, io: Io): Promise<number> {
  const charger = await operations.charger(identity);
  if (charger === undefined) throw new Refusal(`charger ${plain(identity)} was never seen`);
  const setup = withoutUrls(await operations.setup(charger.identity));
  io.out(json ? `${JSON.stringify({ charger, setup })}\n` : sheet(charger, setup, io.now()));
  return exits.done;
}

/** `chargers url`: what is typed into a charger, whether it was ever seen or not. */
export async function printUrls(operations: Operations, identity: string, json: boolean, io: Io): Promise<number> {
  const setup = await operations.setup(identity);
  if (setup === undefined)
    throw new Refusal('no gateway runs here, and the URL stands in its config: name that with -c');
  const { urls } = setup;
  if (urls.length === 0) {
    const missing = setup.proofs.some((proof) => proof.includes('certificate'))
      ? 'it must show a certificate, and no listener speaks TLS'
      : 'the ports are any free ones: ask while the gateway runs';
    throw new Refusal(`there is no URL for ${plain(identity)}: ${missing}`);
  }
  if (json) io.out(`${JSON.stringify({ charger: identity, urls, proofs: setup.proofs })}\n`);
  else io.out(urls.map(({ protocol, url }) => `${protocol}  ${url}\n`).join(''));
  return exits.done;
}

type Shown = Omit<ChargerSetup, 'urls'>;

function withoutUrls(setup: ChargerSetup | undefined): Shown | undefined {
  if (setup === undefined) return undefined;
  const { urls: _urls, ...shown } = setup;
  return shown;
}

/** A link for people. */
export function linkWords(link: LinkState, nowMs: number): string {
  switch (link.kind) {
    case 'open':
      return `open, since ${formatAge(link.sinceMs, nowMs)}`;
    case 'connecting':
      return `connecting, attempt ${link.attempts}`;
    case 'closed':
      return 'closed';
  }
}

/** One line for each thing, what is not known left out. */
function sheet(charger: ChargerDetails, setup: Shown | undefined, nowMs: number): string {
  const lines = [...aboutIt(charger, nowMs), ...aboutItsWork(charger), ...(setup === undefined ? [] : asSetUp(setup))];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, words]) => `${name.padEnd(width)}  ${plain(words)}\n`).join('');
}

type Line = readonly [name: string, words: string];

function aboutIt(charger: ChargerDetails, nowMs: number): readonly Line[] {
  const { identity, csmsIdentity, standing, wire, source, callback, noCommandsReason, link, lastBoot } = charger;
  const known = identity === csmsIdentity ? identity : `${identity}, to the CSMS ${csmsIdentity}`;
  const error = link.kind === 'connecting' && link.lastError !== undefined ? `: ${link.lastError}` : '';
  return [
    ['charger', known],
    ['standing', charger.conflict ? `${standing}; a second source claims this identity` : standing],
    ['protocol', wire],
    ['seen', `${formatAge(charger.lastSeenMs, nowMs)}, first ${formatAge(charger.firstSeenMs, nowMs)}`],
    ['from', source ?? 'not known'],
    ['commands', noCommandsReason === undefined ? `to ${callback ?? 'its connection'}` : `none: ${noCommandsReason}`],
    ['csms link', `${linkWords(link, nowMs)}${error}`],
    ['boot', lastBoot === undefined ? 'none yet' : bootWords(charger, lastBoot, nowMs)],
  ];
}

function bootWords({ boot }: ChargerDetails, last: NonNullable<ChargerDetails['lastBoot']>, nowMs: number): string {
  const said = Object.entries(last.payload).map(([key, value]) => `${key} ${String(value)}`);
  const csms = last.csms === undefined ? 'not heard by the CSMS' : `CSMS ${last.csms.status}, ${last.csms.intervalS} s`;
  const words = [formatAge(last.atMs, nowMs), `told ${boot ?? 'nothing'}`, csms, ...said];
  return [...words, ...(last.unheard && last.csms !== undefined ? ['this one the CSMS has still to hear'] : [])].join(
    '; ',
  );
}

function aboutItsWork({ connectors, transactions, lacks, changedSettings }: ChargerDetails): readonly Line[] {
  return [
    ...connectors.map(({ connector, status }): Line => [`connector ${connector}`, status ?? 'no status yet']),
    ...transactions.map((transaction): Line => ['transaction', transactionWords(transaction)]),
    ...(lacks.length === 0 ? [] : [['lacks', lacks.join(', ')] as const]),
    ...(changedSettings.length === 0 ? [] : [['set by the csms', changedSettings.join(', ')] as const]),
  ];
}

function transactionWords({ connector, chargerTxId, csmsTxId, startedAt }: TransactionView): string {
  const ids = `${chargerTxId ?? 'not told yet'} to the charger, ${csmsTxId ?? 'not told yet'} by the CSMS`;
  return `connector ${connector} since ${startedAt}: ${ids}`;
}

function asSetUp({ registered, blocked, model, settings, proofs }: Shown): readonly Line[] {
  const keys = Object.entries(settings).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [
    ['config', [registered ? 'listed' : 'not listed', ...(blocked ? ['blocked'] : [])].join(', ')],
    ['model', model ?? 'none fits'],
    ...(keys.length === 0 ? [] : [['settings', keys.join(', ')] as const]),
    ...(proofs.length === 0 ? [] : [['must show', proofs.join(', ')] as const]),
  ];
}

import type { ChargerSetup, Operations } from '../operator/operations.ts';
import type { ChargerRow, ChargerSheet } from '../operator/views/chargers.ts';
import { formatAge } from './age.ts';
import { exits, type Io } from './io.ts';
import { Refusal } from './refusal.ts';
import { plain } from './table.ts';

/** `chargers show`: all that is known of one charger. Its URL may hold a secret: that is for `chargers url`. */
export async function showCharger(operations: Operations, identity: string, json: boolean, io: Io): Promise<number> {
  const known = await operations.charger(identity);
  if (known === undefined) throw new Refusal(`charger ${plain(identity)} was never seen`);
  const setup = withoutUrls(await operations.setup(known.charger.identity));
  io.out(json ? `${JSON.stringify({ charger: known, setup })}\n` : sheet(known, setup, io.now()));
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
export function linkWords({ link, linkSinceMs, linkAttempts }: ChargerRow, nowMs: number): string {
  switch (link) {
    case 'open':
      return linkSinceMs === undefined ? 'open' : `open, since ${formatAge(linkSinceMs, nowMs)}`;
    case 'connecting':
      return `connecting, attempt ${linkAttempts ?? 0}`;
    case 'closed':
      return 'closed';
  }
}

/** One line for each thing, what is not known left out. */
function sheet(known: ChargerSheet, setup: Shown | undefined, nowMs: number): string {
  const lines = [...aboutIt(known, nowMs), ...aboutItsWork(known), ...(setup === undefined ? [] : asSetUp(setup))];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, words]) => `${name.padEnd(width)}  ${plain(words)}\n`).join('');
}

type Line = readonly [name: string, words: string];

function aboutIt(known: ChargerSheet, nowMs: number): readonly Line[] {
  const { charger, firstSeenMs } = known;
  const { identity, csmsIdentity, standing, wire, source, callback, noCommandsReason, linkError } = charger;
  const name = identity === csmsIdentity ? identity : `${identity}, to the CSMS ${csmsIdentity}`;
  const error = linkError === undefined ? '' : `: ${linkError}`;
  return [
    ['charger', name],
    ['standing', charger.conflict ? `${standing}; a second source claims this identity` : standing],
    ['protocol', wire],
    ['seen', `${formatAge(charger.lastSeenMs, nowMs)}, first ${formatAge(firstSeenMs, nowMs)}`],
    ['from', source ?? 'not known'],
    ['commands', noCommandsReason === undefined ? `to ${callback ?? 'its connection'}` : `none: ${noCommandsReason}`],
    ['csms link', `${linkWords(charger, nowMs)}${error}`],
    ['boot', bootWords(known, nowMs)],
  ];
}

function bootWords({ charger, bootAtMs, bootPayload, ...known }: ChargerSheet, nowMs: number): string {
  if (bootAtMs === undefined) return 'none yet';
  const { csmsStatus, csmsIntervalS, bootUnheard } = known;
  const said = Object.entries(bootPayload ?? {}).map(([key, value]) => `${key} ${String(value)}`);
  const csms = csmsStatus === undefined ? 'not heard by the CSMS' : `CSMS ${csmsStatus}, ${csmsIntervalS ?? 0} s`;
  const words = [formatAge(bootAtMs, nowMs), `told ${charger.boot ?? 'nothing'}`, csms, ...said];
  return [...words, ...(bootUnheard && csmsStatus !== undefined ? ['this one the CSMS has still to hear'] : [])].join(
    '; ',
  );
}

function aboutItsWork({ charger, stationStatus, transactions, lacks, changedSettings }: ChargerSheet): readonly Line[] {
  return [
    ['connector 0', stationStatus ?? 'no status yet'],
    ...charger.connectors.map(({ connector, status }): Line => [`connector ${connector}`, status ?? 'no status yet']),
    ...transactions.map((transaction): Line => ['transaction', transactionWords(transaction)]),
    ...(lacks.length === 0 ? [] : [['lacks', lacks.join(', ')] as const]),
    ...(changedSettings.length === 0 ? [] : [['set by the csms', changedSettings.join(', ')] as const]),
  ];
}

function transactionWords({
  connector,
  chargerTxId,
  csmsTxId,
  startedAt,
}: ChargerSheet['transactions'][number]): string {
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

import { isIP } from 'node:net';
import { detached } from './detached.ts';
import { inNetworks, plainAddress } from './networks.ts';
import type { CallbackSettings } from './settings.ts';

/** Where a charger can be called, or why it cannot; `connection`: on the one that it holds. */
export type Callback = Address | { readonly kind: 'connection' };

type Address =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'none'; readonly reason: string; readonly refused: readonly string[] };

/**
 * Chooses the address that we POST to: config, else wsa:From, else ReplyTo (both as `candidates`), else the template
 * with the peer's address. What the charger writes is never trusted: a charger must not make us POST elsewhere (SSRF).
 */
export function chooseCallback(
  settings: CallbackSettings,
  candidates: readonly string[],
  peerAddress: string,
): Address {
  if (!settings.remoteCommands) return switchedOff;
  if (settings.endpoint !== undefined) return { kind: 'url', url: settings.endpoint };
  const refused: string[] = [];
  for (const candidate of candidates) {
    const problem = problemOf(candidate, peerAddress, settings.allowedNetworks);
    if (problem === undefined) return { kind: 'url', url: detached(candidate) };
    if (problem !== 'anonymous') refused.push(problem);
  }
  if (settings.template !== undefined) return { kind: 'url', url: fromTemplate(settings.template, peerAddress) };
  const reason = refused[0] ?? 'the charger sends no callback address (wsa:From)';
  return { kind: 'none', reason, refused };
}

/** For a charger that is called on its own connection. */
export function ownConnection(settings: CallbackSettings): Callback {
  return settings.remoteCommands ? { kind: 'connection' } : switchedOff;
}

const switchedOff: Address = { kind: 'none', reason: 'remote commands are switched off', refused: [] };

function problemOf(candidate: string, peerAddress: string, allowed: readonly string[]): string | undefined {
  if (/addressing\/(role\/)?(anonymous|none)$/i.test(candidate)) return 'anonymous';
  const url = URL.canParse(candidate) ? new URL(candidate) : undefined;
  if (url === undefined) return 'its callback address is not an absolute URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'its callback address is not http or https';
  if (url.username !== '' || url.password !== '') return 'its callback address carries credentials';
  if (url.hash !== '') return 'its callback address carries a fragment';
  if (url.pathname.length + url.search.length > 200) return 'its callback address has a path of over 200 characters';
  if (!portAllowed(url)) return 'its callback address names a port below 1024 that is neither 80 nor 443';
  return hostProblem(plainAddress(url.hostname), plainAddress(peerAddress), allowed);
}

function portAllowed(url: URL): boolean {
  const port = Number(url.port);
  return url.port === '' || port === 80 || port === 443 || port >= 1024;
}

function hostProblem(host: string, peer: string, allowed: readonly string[]): string | undefined {
  if (isIP(host) === 0) return 'its callback address is a host name; set `endpoint` for it';
  if (host === peer || inNetworks(host, allowed)) return undefined;
  return 'its callback address is neither its own address nor in `allowedNetworks`';
}

function fromTemplate(template: { readonly port: number; readonly path: string }, peerAddress: string): string {
  const peer = plainAddress(peerAddress);
  const host = isIP(peer) === 6 ? `[${peer}]` : peer;
  return `http://${host}:${template.port}${template.path}`;
}

import type { CertificateUse } from './certificates.ts';
import type { KeyPath } from './place.ts';
import type { Settings } from './schema.ts';
import { suggest } from './suggestion.ts';
import type { Finding } from './validation.ts';
import { controllerLinkOf, linkOf } from './link.ts';

const finding = (path: KeyPath, message: string): Finding => ({ path, at: 'value', message });

/** What no single key shows: keys that need, exclude or contradict one another. */
export function findContradictions(settings: Settings): readonly Finding[] {
  return [
    ...lonelyCertificates(settings),
    ...emptyRanges(settings),
    ...sharedPorts(settings),
    ...deafListeners(settings),
    ...openOperator(settings),
    ...missingFtps(settings),
    ...idleCollection(settings),
    ...unknownGroups(settings),
    ...ambiguousIdentities(settings),
    ...sharedCsmsIdentities(settings),
    ...incompleteEndpoints(settings),
    ...impossibleCertificates(settings),
  ];
}

/** What is allowed and seldom meant. */
export function findDoubts(settings: Settings): readonly Finding[] {
  const { soap, json } = settings;
  const listeners = [['SOAP', soap.host] as const, ...(json === undefined ? [] : [['JSON', json.host] as const])];
  const ports = listeners.filter(([, host]) => !isLoopback(host)).map(([wire]) => wire);
  const open = settings.unknownChargers === 'accept' && ports.length > 0;
  const doubt = `whoever reaches the ${ports.join(' or ')} port is passed on to the CSMS as a charger of any name`;
  return [...(open ? [finding(['unknownChargers'], doubt)] : []), ...passwordsInTheClear(settings)];
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Every place that names a certificate with its key. */
export function certificateUses(settings: Settings): readonly CertificateUse[] {
  const links = linksOf(settings).map(([path, { certFile, keyFile }]) => ({ path, certFile, keyFile }));
  const { soap, json, transfers } = settings;
  const listeners = [
    [['soap', 'tls'], soap.tls] as const,
    [['json', 'tls'], json?.tls] as const,
    [['transfers', 'ftp', 'tls'], transfers.ftp.tls] as const,
  ].flatMap(([path, tls]) => (tls === undefined ? [] : [{ path, certFile: tls.certFile, keyFile: tls.keyFile }]));
  return [...listeners, ...links];
}

type Link = {
  readonly url?: string;
  readonly passwordFrom?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
};

function linksOf(settings: Settings): readonly (readonly [KeyPath, Link])[] {
  const groups = Object.entries(settings.groups).map(
    ([name, group]) => [['groups', name, 'csms'], group.csms] as const,
  );
  const chargers = Object.entries(settings.chargers).map(
    ([identity, charger]) => [['chargers', identity, 'csms'], charger.csms] as const,
  );
  const controller = [['controller', 'csms'], settings.controller?.csms] as const;
  const written = [...groups, ...chargers, controller].flatMap(([path, link]) =>
    link === undefined ? [] : [[path, link] as const],
  );
  return [[['csms'], settings.csms], ...written];
}

function lonelyCertificates(settings: Settings): readonly Finding[] {
  return linksOf(settings).flatMap(([path, { certFile, keyFile }]) => {
    if ((certFile === undefined) === (keyFile === undefined)) return [];
    const [there, missing] = certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
    return [finding([...path, there], `needs ${missing} beside it`)];
  });
}

function passwordsInTheClear(settings: Settings): readonly Finding[] {
  return linksOf(settings)
    .filter(([, { url, passwordFrom }]) => url?.startsWith('ws:') === true && passwordFrom !== undefined)
    .map(([path]) =>
      finding([...path, 'url'], 'the password crosses the network in the clear; wss:// would protect it'),
    );
}

function emptyRanges({ outbox, csms, transfers }: Settings): readonly Finding[] {
  const { passive } = transfers.ftp;
  const { from, to } = outbox.provisionalIds;
  const { minS, maxS } = csms.backoff;
  return [
    ...(from < to ? [] : [finding(['outbox', 'provisionalIds', 'to'], `must be greater than from, which is ${from}`)]),
    ...(minS <= maxS ? [] : [finding(['csms', 'backoff', 'maxS'], `must be at least minS, which is ${minS}`)]),
    ...(passive.from <= passive.to
      ? []
      : [finding(['transfers', 'ftp', 'passive', 'to'], `must be at least from, which is ${passive.from}`)]),
  ];
}

function sharedPorts({ soap, json, operator, transfers }: Settings): readonly Finding[] {
  const listeners = [
    { path: ['soap', 'port'], host: soap.host, port: soap.port },
    ...secured('soap', soap),
    ...(json?.plain === true ? [{ path: ['json', 'port'], host: json.host, port: json.port }] : []),
    ...(json === undefined ? [] : secured('json', json)),
    { path: ['operator', 'port'], host: operator.host, port: operator.port },
    ...(transfers.enabled ? filePorts(transfers) : []),
  ];
  return listeners.flatMap((late, index) => {
    const early = listeners.slice(0, index).find((other) => other.port === late.port && overlap(other.host, late.host));
    if (early === undefined || late.port === 0) return [];
    return [finding(late.path, `${late.port} is the port of ${early.path.slice(0, -1).join('.')} already`)];
  });
}

type Listener = { readonly host: string; readonly tls?: { readonly port: number } };

function secured(section: string, { host, tls }: Listener) {
  return tls === undefined ? [] : [{ path: [section, 'tls', 'port'], host, port: tls.port }];
}

function filePorts({ host, http, ftp }: Settings['transfers']) {
  return [
    { path: ['transfers', 'http', 'port'], host, port: http.port },
    { path: ['transfers', 'ftp', 'port'], host, port: ftp.port },
  ];
}

function missingFtps({ transfers, chargerDefaults, groups, chargers }: Settings): readonly Finding[] {
  if (transfers.ftp.tls !== undefined) return [];
  const entries = [...Object.entries(groups).map(named('groups')), ...Object.entries(chargers).map(named('chargers'))];
  return [[['chargerDefaults'], chargerDefaults] as const, ...entries]
    .filter(([, { transferProtocol }]) => transferProtocol === 'ftps')
    .map(([path]) => finding([...path, 'transferProtocol'], 'needs transfers.ftp.tls'));
}

function idleCollection({ transfers }: Settings): readonly Finding[] {
  if (transfers.enabled || transfers.collect === undefined) return [];
  return [{ path: ['transfers', 'collect'], at: 'key', message: 'needs transfers.enabled: no files are carried' }];
}

type HandedFiles = { readonly transferProtocol?: string };

const named =
  (place: string) =>
  ([name, entry]: readonly [string, HandedFiles]): readonly [KeyPath, HandedFiles] => [[place, name], entry];

const overlap = (one: string, other: string): boolean =>
  one === other || [one, other].some((host) => host === '0.0.0.0' || host === '::');

function deafListeners({ json }: Settings): readonly Finding[] {
  if (json === undefined || json.plain || json.tls !== undefined) return [];
  return [finding(['json', 'plain'], 'needs json.tls beside it: nothing would listen')];
}

function openOperator({ operator }: Settings): readonly Finding[] {
  if (isLoopback(operator.host) || Object.keys(operator.tokens).length > 0) return [];
  return [finding(['operator', 'host'], 'needs operator.tokens: whoever reaches this port could command the chargers')];
}

function unknownGroups({ chargerDefaults, chargers, groups }: Settings): readonly Finding[] {
  const uses = Object.entries(chargers).map(
    ([identity, { group }]) => [['chargers', identity, 'group'], group] as const,
  );
  return [[['chargerDefaults', 'group'], chargerDefaults.group] as const, ...uses].flatMap(([path, group]) => {
    if (group === undefined || Object.hasOwn(groups, group)) return [];
    return [finding(path, `no group is called ${JSON.stringify(group)}${suggest(group, Object.keys(groups))}`)];
  });
}

function ambiguousIdentities({ chargers }: Settings): readonly Finding[] {
  const first = new Map<string, string>();
  return Object.keys(chargers).flatMap((identity) => {
    const twin = first.get(identity.toLowerCase());
    if (twin === undefined) first.set(identity.toLowerCase(), identity);
    if (twin === undefined) return [];
    const message = `differs from ${JSON.stringify(twin)} only in case, and chargers are told apart without it`;
    return [{ path: ['chargers', identity], at: 'key', message } as const];
  });
}

/** Two stations under one identity at one CSMS throw each other out for ever. */
function sharedCsmsIdentities(settings: Settings): readonly Finding[] {
  const { controller } = settings;
  const first = new Map<string, string>();
  if (controller !== undefined) first.set(`${controllerLinkOf(settings).url} ${controller.identity}`, 'controller');
  return Object.entries(settings.chargers).flatMap(([identity, charger]) => {
    const csmsIdentity = charger.csmsIdentity ?? identity;
    const station = `${linkOf(settings, identity).url} ${csmsIdentity}`;
    const twin = first.get(station);
    first.set(station, twin ?? identity);
    if (twin === undefined) return [];
    const message = `${JSON.stringify(twin)} is ${JSON.stringify(csmsIdentity)} to the same CSMS already`;
    return [finding(['chargers', identity, 'csmsIdentity'], message)];
  });
}

function incompleteEndpoints({ chargers }: Settings): readonly Finding[] {
  return Object.entries(chargers).flatMap(([identity, { endpoint, endpointUser, endpointPasswordFrom }]) => {
    const keys = { endpoint, endpointUser, endpointPasswordFrom };
    if (endpointUser === undefined && endpointPasswordFrom === undefined) return [];
    const missing = Object.entries(keys).filter(([, value]) => value === undefined);
    const there = endpointUser === undefined ? 'endpointPasswordFrom' : 'endpointUser';
    return missing.map(([key]) => finding(['chargers', identity, there], `needs ${key} beside it`));
  });
}

function impossibleCertificates({ soap, json, chargerDefaults, groups, chargers }: Settings): readonly Finding[] {
  if ((soap.tls?.clientCaFile ?? json?.tls?.clientCaFile) !== undefined) return [];
  const places = [
    [['chargerDefaults', 'requireCertificate'], chargerDefaults.requireCertificate] as const,
    ...requirementsOf('groups', groups),
    ...requirementsOf('chargers', chargers),
  ];
  return places
    .filter(([, required]) => required === true)
    .map(([path]) =>
      finding(path, `needs soap.tls.clientCaFile${json === undefined ? '' : ' or json.tls.clientCaFile'}`),
    );
}

function requirementsOf(
  section: string,
  entries: Readonly<Record<string, { readonly requireCertificate?: boolean }>>,
): readonly (readonly [KeyPath, boolean | undefined])[] {
  return Object.entries(entries).map(([name, entry]) => [
    [section, name, 'requireCertificate'],
    entry.requireCertificate,
  ]);
}

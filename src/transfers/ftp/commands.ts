import { plainAddress } from '../../gateway/networks.ts';
import type { Goods, Pass } from '../door/tickets.ts';
import type { CommandLine } from './command-line.ts';
import { type Conversation, type Reply, reply } from './conversation.ts';
import { type Endpoint, passiveNumbers, readExtendedPort, readPort } from './endpoints.ts';
import { entriesAt, factsOf, type ListFormat, listingText, timeValue } from './listing.ts';
import { folderOf, placeOf } from './places.ts';
import { failureReply, receiveFile, sendFile, sendText } from './transfers.ts';

type LoggedIn = { readonly talk: Conversation; readonly pass: Pass; readonly goods: Goods; readonly argument: string };

type Command =
  /** Anybody may. */
  | { readonly kind: 'open'; readonly run: (talk: Conversation, argument: string) => Reply | Promise<Reply> }
  | { readonly kind: 'loggedIn'; readonly run: (here: LoggedIn) => Reply | Promise<Reply> };

/** Does what a command asks, up to its last reply. AUTH and QUIT are the session's own. */
export async function obey(talk: Conversation, { verb, argument }: CommandLine): Promise<Reply> {
  const command = commands.get(verb);
  if (command === undefined) return reply(502, 'this command is not known here');
  if (command.kind === 'open') return command.run(talk, argument);
  const { pass } = talk;
  if (pass === undefined) return reply(530, 'log in with USER and PASS');
  try {
    return await command.run({ talk, pass, goods: pass.goods, argument });
  } catch (thrown) {
    return failureReply(thrown);
  }
}

const ok = (text: string) => (): Reply => reply(200, text);

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...opened({
    USER: giveUser,
    PASS: givePassword,
    ACCT: () => reply(202, 'no account is needed'),
    FEAT: features,
    SYST: () => reply(215, 'UNIX Type: L8'),
    NOOP: ok('here'),
    HELP: () => reply(214, 'files of one job: RETR or STOR, with PASV, EPSV, PORT, EPRT, REST, SIZE, MDTM, LIST'),
    OPTS: (_, argument) => (/^utf-?8( on)?$/i.test(argument) ? reply(200, 'always') : reply(501, 'no such option')),
    CLNT: ok('noted'),
    PBSZ: (talk) => (talk.isSecure ? reply(200, 'PBSZ=0') : reply(503, 'AUTH TLS comes first')),
    PROT: protect,
    CCC: () => reply(534, 'the control connection stays protected'),
  }),
  ...loggedIn({
    // Files are sent as they are, whatever the type: nothing here is text.
    TYPE: ({ argument }) => (/^([AI]|A N|L 8)$/i.test(argument) ? reply(200, 'binary') : reply(504, 'TYPE I')),
    MODE: ({ argument }) => (/^s$/i.test(argument) ? reply(200, 'stream') : reply(504, 'only MODE S')),
    STRU: ({ argument }) => (/^f$/i.test(argument) ? reply(200, 'file') : reply(504, 'only STRU F')),
    PASV: passive,
    EPSV: extendedPassive,
    PORT: (here) => active(here, readPort(here.argument)),
    EPRT: (here) => active(here, readExtendedPort(here.argument)),
    PWD: printFolder,
    XPWD: printFolder,
    CWD: changeFolder,
    XCWD: changeFolder,
    CDUP: (here) => changeFolder({ ...here, argument: '..' }),
    XCUP: (here) => changeFolder({ ...here, argument: '..' }),
    MKD: makeFolder,
    XMKD: makeFolder,
    REST: restart,
    ALLO: allocate,
    SIZE: size,
    MDTM: modified,
    MLST: facts,
    LIST: (here) => list(here, 'LIST'),
    NLST: (here) => list(here, 'NLST'),
    MLSD: (here) => list(here, 'MLSD'),
    STAT: ({ talk, pass }) => reply(211, 'status', `job ${pass.job}`, `folder ${talk.folder}`, 'end'),
    RETR: retrieve,
    STOR: store,
    APPE: append,
    // A transfer that was running has given its own reply by now.
    ABOR: () => reply(226, 'nothing is under way'),
    SITE: () => reply(202, 'not needed'),
    REIN: () => reply(502, 'connect again instead'),
    DELE: forbidden,
    RMD: forbidden,
    XRMD: forbidden,
    RNFR: forbidden,
    RNTO: forbidden,
    STOU: forbidden,
  }),
]);

function opened(runs: Readonly<Record<string, Extract<Command, { kind: 'open' }>['run']>>): [string, Command][] {
  return Object.entries(runs).map(([verb, run]) => [verb, { kind: 'open', run }]);
}

function loggedIn(runs: Readonly<Record<string, Extract<Command, { kind: 'loggedIn' }>['run']>>): [string, Command][] {
  return Object.entries(runs).map(([verb, run]) => [verb, { kind: 'loggedIn', run }]);
}

function forbidden(): Reply {
  return reply(550, 'this is not done here');
}

// ---------------------------------------------------------------------------------------------- who

function giveUser(talk: Conversation, argument: string): Reply {
  talk.pass = undefined;
  talk.user = argument;
  return reply(331, 'password please');
}

async function givePassword(talk: Conversation, argument: string): Promise<Reply> {
  const { user, parts, peerAddress } = talk;
  if (user === undefined) return reply(503, 'USER comes first');
  const admission = parts.tickets.byPassword(user, argument, peerAddress, talk.isSecure);
  if (admission.kind === 'admitted') {
    talk.pass = admission.pass;
    talk.folder = '/';
    return reply(230, 'logged in');
  }
  parts.meters.securityReject('ftpLogin');
  parts.log.info('ftp login refused', { peer: peerAddress, rule: admission.why });
  talk.note(`login from ${peerAddress} refused: ${admission.why}`);
  talk.user = undefined;
  return (await talk.punish()) ? reply(530, 'login incorrect') : reply(421, 'too many wrong logins');
}

function features(talk: Conversation): Reply {
  const tls = talk.offersTls() ? ['AUTH TLS', 'PBSZ', 'PROT'] : [];
  const list = [...tls, 'EPRT', 'EPSV', 'MDTM', 'MLST type*;size*;modify*;', 'REST STREAM', 'SIZE', 'UTF8'];
  return reply(211, 'features:', ...list, 'end');
}

function protect(talk: Conversation, argument: string): Reply {
  if (!talk.isSecure) return reply(503, 'AUTH TLS comes first');
  if (!/^p$/i.test(argument)) return reply(536, 'only PROT P');
  talk.protectsData = true;
  return reply(200, 'data is protected');
}

// ---------------------------------------------------------------------------------------------- data connections

async function passive({ talk }: LoggedIn): Promise<Reply> {
  const port = await talk.dataPort.listen();
  if (port === undefined) return reply(425, 'no free port; try again');
  const numbers = passiveNumbers({ address: talk.passiveAddress, port });
  if (numbers === undefined) return reply(425, 'use EPSV over IPv6');
  return reply(227, `entering passive mode (${numbers})`);
}

async function extendedPassive({ talk, argument }: LoggedIn): Promise<Reply> {
  if (/^all$/i.test(argument)) return reply(200, 'EPSV only from now on');
  if (argument !== '' && argument !== (talk.localAddress.includes(':') ? '2' : '1')) {
    return reply(522, 'use the family of the control connection');
  }
  const port = await talk.dataPort.listen();
  return port === undefined ? reply(425, 'no free port; try again') : reply(229, `entering passive mode (|||${port}|)`);
}

const firstUserPort = 1_024;

/** Only to the client itself, and to no port of a service: we connect to nobody else (RFC 2577 §3). */
function active({ talk }: LoggedIn, endpoint: Endpoint | undefined): Reply {
  if (endpoint === undefined) return reply(501, 'this is no address');
  if (plainAddress(endpoint.address) !== talk.peerAddress || endpoint.port < firstUserPort) {
    talk.parts.meters.securityReject('ftpPort');
    talk.parts.log.info('ftp port refused', { peer: talk.peerAddress, port: endpoint.port });
    return reply(500, 'only to your own address, and no port below 1024');
  }
  talk.dataPort.connectTo(endpoint);
  return reply(200, 'noted');
}

// ---------------------------------------------------------------------------------------------- folders

function printFolder({ talk }: LoggedIn): Reply {
  return reply(257, `${quoted(talk.folder)} is the folder`);
}

function changeFolder({ talk, pass, argument }: LoggedIn): Reply {
  const folder = folderOf(talk.folder, argument, pass);
  if (folder === undefined) return reply(550, 'no such folder');
  talk.folder = folder;
  return reply(250, `${quoted(folder)} is the folder`);
}

/** Nothing is made: the folders of an upload are there as soon as somebody names them. */
function makeFolder({ talk, pass, argument }: LoggedIn): Reply {
  const folder = folderOf(talk.folder, argument, pass);
  return folder === undefined ? forbidden() : reply(257, `${quoted(folder)} is there`);
}

/** RFC 959 §5.4 and Appendix II: quotes are doubled. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

// ---------------------------------------------------------------------------------------------- files

function restart({ talk, argument }: LoggedIn): Reply {
  if (!/^\d{1,15}$/.test(argument)) return reply(501, 'REST takes a number of bytes');
  talk.restartAt = Number(argument);
  return reply(350, `the next transfer begins at ${talk.restartAt}`);
}

function allocate({ talk, argument }: LoggedIn): Reply {
  const announced = /^(\d{1,15})(?: R \d+)?$/i.exec(argument)?.[1];
  talk.announcedBytes = announced === undefined ? undefined : Number(announced);
  return reply(202, 'not needed');
}

async function size({ talk, pass, goods, argument }: LoggedIn): Promise<Reply> {
  const place = placeOf(talk.folder, argument, pass);
  const [entry] = place.kind === 'file' ? await entriesAt(place, pass) : [];
  if (entry === undefined || entry.bytes === 'folder') return reply(550, 'no such file');
  if (goods.kind === 'upload') talk.told = { name: entry.name, bytes: entry.bytes };
  return reply(213, String(entry.bytes));
}

async function modified({ talk, pass, argument }: LoggedIn): Promise<Reply> {
  const place = placeOf(talk.folder, argument, pass);
  const [entry] = place.kind === 'file' ? await entriesAt(place, pass) : [];
  return entry === undefined ? reply(550, 'no such file') : reply(213, timeValue(entry.modifiedAtMs));
}

async function facts({ talk, pass, argument }: LoggedIn): Promise<Reply> {
  const place = placeOf(talk.folder, argument, pass);
  if (place.kind === 'folder') {
    return reply(
      250,
      'facts',
      factsOf({ name: place.path, bytes: 'folder', modifiedAtMs: pass.credentials.issuedAtMs }),
      'end',
    );
  }
  const [entry] = await entriesAt(place, pass);
  return entry === undefined ? reply(550, 'no such file') : reply(250, 'facts', factsOf(entry), 'end');
}

async function list({ talk, pass, argument }: LoggedIn, format: ListFormat): Promise<Reply> {
  // Clients send the flags of ls.
  const path = argument.replace(/^(-[A-Za-z]+ *)+/, '');
  const entries = await entriesAt(placeOf(talk.folder, path, pass), pass);
  return sendText(talk, listingText(entries, format));
}

function retrieve({ talk, pass, goods, argument }: LoggedIn): Reply | Promise<Reply> {
  const from = takeRestart(talk);
  const place = placeOf(talk.folder, argument, pass);
  if (place.kind !== 'file' || goods.kind !== 'download') return reply(550, 'no such file');
  return unprotected(talk) ?? sendFile(talk, pass, goods, from);
}

function store({ talk, pass, goods, argument }: LoggedIn): Reply | Promise<Reply> {
  const offset = takeRestart(talk);
  const place = placeOf(talk.folder, argument, pass);
  if (place.kind !== 'file' || goods.kind !== 'upload') return reply(550, 'not here');
  return unprotected(talk) ?? receiveFile(talk, pass, goods.intake, { name: place.name, offset });
}

/** Goes on where the client thinks that the file ends: at the SIZE that it was told, if it has asked. */
function append({ talk, pass, goods, argument }: LoggedIn): Reply | Promise<Reply> {
  takeRestart(talk);
  const place = placeOf(talk.folder, argument, pass);
  if (place.kind !== 'file' || goods.kind !== 'upload') return reply(550, 'not here');
  const offset = talk.told?.name === place.name ? talk.told.bytes : 'end';
  return unprotected(talk) ?? receiveFile(talk, pass, goods.intake, { name: place.name, offset });
}

function takeRestart(talk: Conversation): number {
  const { restartAt } = talk;
  talk.restartAt = 0;
  return restartAt;
}

function unprotected(talk: Conversation): Reply | undefined {
  return talk.isSecure && !talk.protectsData ? reply(522, 'PROT P comes first') : undefined;
}

import { byDefault, choice, filledList, flag, list, live, mandatory, section, text, whole } from '../field.ts';
import { wallTimes } from './operation.ts';

const mostBytes = Number.MAX_SAFE_INTEGER;

/** How one charger is handed files; part of what groups and chargers may say differently. */
export const transferFields = {
  transfers: byDefault(
    'gateway',
    choice(
      ['gateway', 'direct'],
      'How firmware and diagnostics travel. gateway: fetched, kept and served here; direct: the charger reaches the locations of the CSMS itself.',
    ),
  ),
  transferProtocol: byDefault(
    'auto',
    choice(
      ['auto', 'ftp', 'http', 'ftps'],
      'Protocol of the URLs it is handed. auto: what it says itself (SupportedFileTransferProtocols), FTP first; ftps needs transfers.ftp.tls.',
    ),
  ),
  flatUrls: byDefault(false, flag('FTP URLs without a folder, for clients that cannot change into one.')),
  inferFirmwareStatus: byDefault(
    false,
    flag(
      'Tell the CSMS Downloading, Downloaded and Installed by what it does (bytes fetched, a boot with other firmware), when it never says so itself.',
    ),
  ),
  diagnosticsMethod: byDefault(
    'put',
    choice(['put', 'post', 'multipart'], 'How its diagnostics are brought to an HTTP location of the CSMS.'),
  ),
};

const tls = section('Certificate of explicit FTPS, for chargers whose transferProtocol is ftps; absent = no FTPS.', {
  certFile: mandatory('tls/gateway.pem', text('PEM file with the certificate chain of the gateway.', 'pem-file')),
  keyFile: mandatory('tls/gateway.key', text('PEM file with the private key of certFile.', 'pem-key-file')),
  requireSessionReuse: byDefault(
    true,
    flag('Data connections must go on with the TLS session of their control connection; false for old chargers.'),
  ),
});

const http = section('The HTTP server for chargers.', {
  port: byDefault(8182, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
});

const passive = section('Ports of data connections that chargers open (PASV); from and to 0: any free one.', {
  from: byDefault(50_000, whole(0, 65_535, 'First port.')),
  to: byDefault(50_063, whole(0, 65_535, 'Last port.')),
});

const ftp = section('The FTP server for chargers.', {
  port: byDefault(2121, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
  passive: byDefault({}, passive),
  tls,
});

const collect = section(
  'Diagnostics that chargers are asked for by themselves, for the operator alone; absent = none.',
  {
    cron: mandatory('30 3 * * 1', wallTimes.cron),
    timezone: wallTimes.timezone,
    stations: byDefault(
      ['*'],
      filledList(text('A pattern.'), 'Identities of the chargers; * stands for any text, case does not count.'),
    ),
    maxConcurrent: byDefault(2, whole(1, 100, 'How many chargers are asked at a time.')),
  },
);

export const transfers = section('Firmware and diagnostics files between the CSMS and chargers.', {
  enabled: byDefault(true, flag('Carry files. false: no listeners, and every charger is direct.')),
  host: byDefault('0.0.0.0', text('Address that the servers for chargers listen on.')),
  publicHost: text(
    'Host in the URLs that chargers are handed, and in PASV if it is an IPv4 address. Absent = the address of this machine on the way to the charger.',
  ),
  http: byDefault({}, http),
  ftp: byDefault({}, ftp),
  allowNetworks: live(
    byDefault(
      [],
      list(
        text('Network in CIDR form, or one address.', 'cidr'),
        'Private networks that locations of the CSMS may lead to; otherwise only public addresses are talked to.',
      ),
    ),
  ),
  caFile: live(text('PEM file with authorities that may vouch for locations, beside the public ones.', 'pem-file')),
  campaignsFolder: text(
    'Folder with campaign files (*.yaml, see docs/campaign-files.md): firmware updates that `ocpp-edge campaign start` begins. Absent = no campaigns.',
    'folder',
  ),
  firmwareRootsFile: text(
    'PEM file with the roots of those who may sign firmware. Absent = SignedUpdateFirmware is NotImplemented for chargers with SOAP.',
    'pem-file',
  ),
  spoolBytes: live(
    byDefault(
      4_294_967_296,
      whole(1024, mostBytes, 'Disk for files in the data folder; what was not used for longest gives way.'),
    ),
  ),
  maxImageBytes: live(byDefault(536_870_912, whole(1024, mostBytes, 'Largest firmware image.'))),
  maxDiagnosticsBytes: live(byDefault(268_435_456, whole(1024, mostBytes, 'Largest file of a charger.'))),
  offerDays: live(byDefault(3, whole(1, 365, 'How long an image waits for a charger that cannot be reached.'))),
  chargerDays: live(byDefault(1, whole(1, 365, 'How long a charger has to fetch or bring its file.'))),
  keepDays: live(
    byDefault(30, whole(1, 3650, 'How long files of chargers and finished transfers are kept for the operator.')),
  ),
  collect: live(collect),
});

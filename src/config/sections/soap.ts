import { byDefault, choice, flag, live, mandatory, section, text, whole } from '../field.ts';

const rateLimits = section(
  'How many requests are served before 429 is answered; a rate of 0 switches that limit off.',
  {
    perAddressPerS: byDefault(20, whole(0, 1_000_000, 'Requests per second from one network address.')),
    perAddressBurst: byDefault(50, whole(1, 1_000_000, 'Requests that one address may send at once.')),
    perChargerPerS: byDefault(10, whole(0, 1_000_000, 'Requests per second under one charger identity.')),
    perChargerBurst: byDefault(20, whole(1, 1_000_000, 'Requests that may come under one identity at once.')),
  },
);

const tls = section('A second listener with TLS, beside the plain one; absent = none.', {
  port: byDefault(8443, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
  certFile: live(mandatory('tls/gateway.pem', text('PEM file with the certificate chain of the gateway.', 'pem-file'))),
  keyFile: live(mandatory('tls/gateway.key', text('PEM file with the private key of certFile.', 'pem-key-file'))),
  clientCaFile: text(
    'PEM file with the authorities of client certificates. A certificate shown must then be valid, and its CN the charger identity.',
    'pem-file',
  ),
  legacyProtocols: byDefault(
    false,
    flag('Also speak TLS 1.0 and 1.1 and old ciphers, for chargers that know nothing newer.'),
  ),
});

export const soap = section('The SOAP listener that chargers call (OCPP-S).', {
  host: byDefault('0.0.0.0', text('Address to listen on.')),
  port: byDefault(8180, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
  path: byDefault('/ocpp', text('Path of the endpoint; everything below it is served as well.', 'url-path')),
  publicUrl: text(
    'URL of this listener as chargers reach it, when it differs from host, port and path (NAT, proxy). It stands in wsa:From of our calls and in the served WSDL.',
    'http-url',
  ),
  maxBodyBytes: byDefault(
    262_144,
    whole(1024, 2_097_152, 'Largest request body, counted after inflation; larger ones are answered 413.'),
  ),
  keepAliveS: byDefault(75, whole(1, 3600, 'How long an idle connection of a charger is kept open.')),
  lenientHttp: byDefault(
    false,
    flag('Accept HTTP that breaks the standard (insecure parser of Node.js). Only for chargers that leave no choice.'),
  ),
  maxConcurrent: live(byDefault(200, whole(1, 100_000, 'Requests in work at the same time; more are answered 503.'))),
  callDeadlineS: live(byDefault(15, whole(1, 300, 'How long a charger may take to answer a call of ours.'))),
  decoder: byDefault(
    'fast',
    choice(
      ['fast', 'reference'],
      'Who reads the XML: our own decoder, or one on the package fast-xml-parser, at five times the CPU. Never do they read different values.',
    ),
  ),
  shadowEvery: live(
    byDefault(
      1_000,
      whole(
        0,
        1_000_000,
        'One in so many messages is read by the other decoder as well, and differences are counted and logged; 0 = none. Messages above 16 KB are left out.',
      ),
    ),
  ),
  rateLimits: live(byDefault({}, rateLimits)),
  tls,
});

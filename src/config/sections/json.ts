import { byDefault, flag, live, mandatory, section, text, whole } from '../field.ts';

const rateLimits = section('How fast chargers may come and speak; a rate of 0 switches that limit off.', {
  perAddressPerS: byDefault(20, whole(0, 1_000_000, 'Handshakes per second from one network address; more get 429.')),
  perAddressBurst: byDefault(50, whole(1, 1_000_000, 'Handshakes that one address may begin at once.')),
  perChargerPerS: byDefault(
    10,
    whole(
      0,
      1_000_000,
      'Messages per second of one charger. More are not refused: they are read when their time comes.',
    ),
  ),
  perChargerBurst: byDefault(20, whole(1, 1_000_000, 'Messages that may come of one charger at once.')),
});

const tls = section('A listener with TLS; absent = none.', {
  port: byDefault(8444, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
  certFile: live(mandatory('tls/gateway.pem', text('PEM file with the certificate chain of the gateway.', 'pem-file'))),
  keyFile: live(mandatory('tls/gateway.key', text('PEM file with the private key of certFile.', 'pem-key-file'))),
  clientCaFile: text(
    'PEM file with the authorities of client certificates (security profile 3). A certificate shown must then be valid, and its CN the charger identity.',
    'pem-file',
  ),
  legacyProtocols: byDefault(
    false,
    flag('Also speak TLS 1.0 and 1.1 and old ciphers, for chargers that know nothing newer.'),
  ),
});

export const json = section(
  'The WebSocket listener that chargers with OCPP-J 1.6 connect to; absent = none. A charger that has a basicPasswordFrom must present it with its identity as user (security profiles 1 and 2), one with requireCertificate its certificate (profile 3).',
  {
    host: byDefault('0.0.0.0', text('Address to listen on.')),
    port: byDefault(8181, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
    plain: byDefault(
      true,
      flag('Listen without TLS. false: with TLS only, so that no charger can fall back below security profile 2.'),
    ),
    path: byDefault('/ocpp', text('Path of the endpoint; chargers append their percent-encoded identity.', 'url-path')),
    maxMessageBytes: byDefault(
      262_144,
      whole(1024, 2_097_152, 'Largest message, counted after inflation; a larger one closes the connection (1009).'),
    ),
    maxConcurrent: live(
      byDefault(200, whole(1, 100_000, 'Connections from one network address at a time; more are closed at once.')),
    ),
    pingAfterS: live(
      byDefault(
        60,
        whole(0, 86_400, 'Quiet time after which a charger is pinged, and 10 s later taken for dead; 0 = no pings.'),
      ),
    ),
    compression: byDefault(
      false,
      flag('Agree to WebSocket compression (RFC 7692): less traffic for more memory and CPU per charger.'),
    ),
    rateLimits: live(byDefault({}, rateLimits)),
    tls,
  },
);

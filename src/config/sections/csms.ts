import {
  byDefault,
  choice,
  flag,
  live,
  mandatory,
  overridesOf,
  reconnect,
  restart,
  section,
  text,
  whole,
} from '../field.ts';

/** What a link to the CSMS needs; groups and chargers may say each of these differently. */
const linkFields = {
  url: reconnect(
    mandatory(
      'wss://csms.example.com/ocpp',
      text('WebSocket URL of the CSMS (ws:// or wss://); the percent-encoded charger identity is appended.', 'ws-url'),
    ),
  ),
  passwordFrom: reconnect(
    text(
      'Where the HTTP Basic password towards the CSMS is: env:NAME or file:PATH. The user is the charger identity (OCPP-J 1.6 AuthorizationKey).',
      'secret-reference',
    ),
  ),
  caFile: reconnect(
    text('PEM file with the authorities that may vouch for the CSMS, instead of the public ones.', 'pem-file'),
  ),
  certFile: reconnect(text('PEM file with the client certificate shown to the CSMS; needs keyFile.', 'pem-file')),
  keyFile: reconnect(text('PEM file with the private key of certFile.', 'pem-key-file')),
  pingIntervalS: live(
    byDefault(
      60,
      whole(0, 86_400, 'Time between WebSocket pings; 0 = none (WebSocketPingInterval, until the CSMS changes it).'),
    ),
  ),
  bootOnReconnect: live(
    byDefault(
      'if-charger-booted-or-csms-never-saw-it',
      choice(
        ['if-charger-booted-or-csms-never-saw-it', 'always', 'never'],
        'When a regained link starts with the BootNotification of the charger. Some CSMSs forget running transactions at a boot, others want one per connection.',
      ),
    ),
  ),
};

const backoff = section('Time between attempts to connect: doubles from minS to maxS, with jitter.', {
  minS: byDefault(1, whole(1, 3600, 'First wait.')),
  maxS: byDefault(300, whole(1, 86_400, 'Longest wait.')),
});

export const csms = section('The CSMS that chargers are presented to, one OCPP-J 1.6 station each.', {
  ...linkFields,
  callDeadlineS: live(byDefault(30, whole(1, 600, 'How long the CSMS may take to answer a call.'))),
  compression: restart(
    byDefault(false, flag('Offer WebSocket compression (RFC 7692): less traffic for more memory and CPU per charger.')),
  ),
  backoff: live(byDefault({}, backoff)),
});

export const csmsOverrides = section(
  'A link to the CSMS that differs. A url here leaves behind the password and certificates of the wider section: they are never shown to another address than the one they were written for.',
  overridesOf(linkFields),
);

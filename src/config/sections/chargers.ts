import { byDefault, choice, flag, list, named, overridesOf, reconnect, section, text, whole } from '../field.ts';
import { csmsOverrides } from './csms.ts';
import { smartChargingFields } from './smart-charging.ts';
import { transferFields } from './transfers.ts';

/** How one charger is treated; groups and chargers may say each of these differently. */
const profileFields = {
  group: text('Group whose settings apply.'),
  allowFrom: byDefault(
    [],
    list(
      text('Network in CIDR form, or one address.', 'cidr'),
      'Networks the charger may speak from. Empty = anywhere, bound to its first address by trust on first use.',
    ),
  ),
  sourceChange: byDefault(
    'alert',
    choice(
      ['block', 'alert', 'allow'],
      'When it speaks from another address than before. alert: allowed with a warning inside the same /24 (IPv6: /64), refused outside.',
    ),
  ),
  requireCertificate: byDefault(false, flag('Refuse it without a client certificate whose CN is its identity.')),
  callbackNetworks: byDefault(
    [],
    list(
      text('Network in CIDR form, or one address.', 'cidr'),
      'Networks that its callback address may lie in, beside the address its request came from.',
    ),
  ),
  callbackPort: whole(
    1,
    65_535,
    'Port to call when it names no usable callback address. Absent = no guess: such a charger gets no remote commands.',
  ),
  callbackPath: byDefault('/', text('Path to call along with callbackPort.', 'url-path')),
  remoteCommands: byDefault(true, flag('Let commands of the CSMS through to it.')),
  acceptBeforeBoot: byDefault(
    false,
    flag('Serve other than transaction messages although the CSMS accepted no BootNotification yet.'),
  ),
  timezone: byDefault('UTC', text('IANA time zone of its times without zone, such as Europe/Berlin.', 'timezone')),
  repair: byDefault(
    [],
    list(
      choice(['vendorEnums', 'transactionId', 'phases'], 'vendorEnums, transactionId or phases.'),
      'What is repaired instead of refused or left as it is. vendorEnums: values outside the enumerations become the nearest legal ones; transactionId: impossible ids become that of the open transaction of the connector; phases: three readings of one quantity without a phase, as OCPP 1.5 has them, become those of L1, L2 and L3.',
    ),
  ),
  mustUnderstand: byDefault(
    'auto',
    choice(['auto', 'on', 'off'], 'mustUnderstand on the SOAP headers of our calls; auto = on for OCPP 1.6 only.'),
  ),
  responseTo: byDefault(
    'anonymous',
    choice(['anonymous', 'from'], 'wsa:To of our answers: the anonymous address, or wsa:From of the request.'),
  ),
  responseHeaders: byDefault(
    'full',
    choice(['full', 'none'], 'WS-Addressing headers in our answers; none for chargers that stumble over them.'),
  ),
  soapAction: byDefault(false, flag('Send an HTTP SOAPAction header with our calls.')),
  faultHttpStatus: byDefault(
    'soap12',
    choice(['soap12', 'always500', 'always200'], 'HTTP status of faults; soap12 = 400 or 500 as SOAP 1.2 says.'),
  ),
  ...smartChargingFields,
  ...transferFields,
};

const chargerFields = {
  ...overridesOf(profileFields),
  csmsIdentity: reconnect(text('Identity towards the CSMS, when it differs from that of the charger.', 'identity')),
  blocked: byDefault(false, flag('Refuse everything that it sends.')),
  endpoint: text('URL to call it at, whatever it says itself (NAT, VPN, fixed address).', 'http-url'),
  endpointUser: text('HTTP Basic user for calls to endpoint; needs endpointPasswordFrom.'),
  endpointPasswordFrom: text('Where the password of endpointUser is: env:NAME or file:PATH.', 'secret-reference'),
  basicPasswordFrom: text(
    'Where the HTTP Basic password is that it must present: env:NAME or file:PATH; a key of OCPP-J (32 to 40 hexadecimal digits) may come as text or as bytes. Absent = none asked.',
    'secret-reference',
  ),
  secretPathFrom: text(
    'Where the secret is that its URL must contain as /s/<secret>: env:NAME or file:PATH. Absent = none asked.',
    'secret-reference',
  ),
  csms: csmsOverrides,
};

export const unknownChargers = choice(
  ['accept', 'quarantine', 'reject'],
  'What becomes of a charger that is not listed. quarantine: shown to the operator, answered Pending, not passed on until adopted.',
);

export const chargerDefaults = section(
  'How chargers are treated unless their group or they themselves say otherwise.',
  {
    ...profileFields,
  },
);

export const groups = named(
  {
    pattern: '^[A-Za-z0-9._-]{1,64}$',
    description: 'A group name is 1 to 64 letters, digits, dots, underscores or hyphens.',
  },
  section('Settings that several chargers share.', { ...overridesOf(withoutGroup()), csms: csmsOverrides }),
  'Groups by name; each says what differs from chargerDefaults and csms.',
);

export const chargers = named(
  {
    // One segment of a URL towards the CSMS: no slash.
    pattern: '^[^\\u0000-\\u001f\\u007f/\\\\]{1,255}$',
    description: 'A charger identity is 1 to 255 printable characters without slash or backslash.',
  },
  section('One charger.', chargerFields),
  'Chargers by identity (chargeBoxIdentity), compared without case; each says what differs from its group.',
);

function withoutGroup() {
  const { group: _group, ...fields } = profileFields;
  return fields;
}

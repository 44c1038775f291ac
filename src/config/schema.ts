import { byDefault, section, type ValueOf } from './field.ts';
import { chargerDefaults, chargers, groups, unknownChargers } from './sections/chargers.ts';
import { controller } from './sections/controller.ts';
import { csms } from './sections/csms.ts';
import { json } from './sections/json.ts';
import { backup, data, log, messages, offline, operator, outbox } from './sections/operation.ts';
import { charging } from './sections/smart-charging.ts';
import { soap } from './sections/soap.ts';
import { transfers } from './sections/transfers.ts';

/** Shape, default and words for every key of the config file. */
export const settingsSchema = section('Settings of the OCPP edge gateway.', {
  soap: byDefault({}, soap),
  json,
  csms: byDefault({}, csms),
  unknownChargers: byDefault('quarantine', unknownChargers),
  chargerDefaults: byDefault({}, chargerDefaults),
  groups: byDefault({}, groups),
  chargers: byDefault({}, chargers),
  charging: byDefault({}, charging),
  controller,
  transfers: byDefault({}, transfers),
  offline: byDefault({}, offline),
  outbox: byDefault({}, outbox),
  data: byDefault({}, data),
  backup: byDefault({}, backup),
  operator: byDefault({}, operator),
  messages: byDefault({}, messages),
  log: byDefault({}, log),
});

/** What the config file says, defaults filled in. */
export type Settings = ValueOf<typeof settingsSchema>;

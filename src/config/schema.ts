import { byDefault, live, restart, section, type ValueOf } from './field.ts';
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
  soap: restart(byDefault({}, soap)),
  json: restart(json),
  csms: byDefault({}, csms),
  unknownChargers: live(byDefault('quarantine', unknownChargers)),
  chargerDefaults: live(byDefault({}, chargerDefaults)),
  groups: live(byDefault({}, groups)),
  chargers: live(byDefault({}, chargers)),
  charging: byDefault({}, charging),
  controller: restart(controller),
  transfers: restart(byDefault({}, transfers)),
  offline: live(byDefault({}, offline)),
  outbox: live(byDefault({}, outbox)),
  data: restart(byDefault({}, data)),
  backup: live(byDefault({}, backup)),
  operator: restart(byDefault({}, operator)),
  messages: restart(byDefault({}, messages)),
  log: live(byDefault({}, log)),
});

/** What the config file says, defaults filled in. */
export type Settings = ValueOf<typeof settingsSchema>;

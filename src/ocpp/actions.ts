import { chargerActions, csmsActions } from './messages.generated.ts';
import type { ServiceName } from './schema.ts';
import { securityExtension } from './security-extension.ts';

/** What a charger calls: the operations of the central system's service. */
export type ChargerAction = (typeof chargerActions)[number];

/** What a CSMS calls: the operations of the charge point's service. DataTransfer is in both. */
export type CsmsAction = (typeof csmsActions)[number];

/** Every action of OCPP 1.6; those of the security extension are not among them. */
export type Action = ChargerAction | CsmsAction;

const chargers: ReadonlySet<string> = new Set(chargerActions);
const csmses: ReadonlySet<string> = new Set(csmsActions);

export function isChargerAction(action: string): action is ChargerAction {
  return chargers.has(action);
}

export function isCsmsAction(action: string): action is CsmsAction {
  return csmses.has(action);
}

/** What the peers of a service call over OCPP-S. */
export function actionsOf(service: ServiceName): ReadonlySet<string> {
  return service === 'CentralSystem' ? chargers : csmses;
}

const overJson: Readonly<Record<ServiceName, ReadonlySet<string>>> = {
  CentralSystem: withExtension('CentralSystem'),
  ChargePoint: withExtension('ChargePoint'),
};

/** What the peers of a service call over OCPP-J: the messages of the security extension as well. */
export function jsonActionsOf(service: ServiceName): ReadonlySet<string> {
  return overJson[service];
}

function withExtension(service: ServiceName): ReadonlySet<string> {
  return new Set([...actionsOf(service), ...securityExtension[service].map(({ action }) => action)]);
}

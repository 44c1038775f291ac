import { expect, test } from 'vitest';
import { actionsOf, isChargerAction, isCsmsAction } from '../../../src/ocpp/actions.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';

test('a charger calls 10 actions and a CSMS 19, as the services have them', () => {
  expect([...actionsOf('CentralSystem')]).toEqual(centralSystem.operations.map(({ action }) => action));
  expect([...actionsOf('ChargePoint')]).toEqual(chargePoint.operations.map(({ action }) => action));
  expect([actionsOf('CentralSystem').size, actionsOf('ChargePoint').size]).toEqual([10, 19]);
});

test('only DataTransfer goes both ways', () => {
  expect([...actionsOf('CentralSystem')].filter(isCsmsAction)).toEqual(['DataTransfer']);
  expect(isChargerAction('DataTransfer')).toBe(true);
});

test('names of other versions, of the security extension and of objects are no actions', () => {
  for (const name of ['GetLog', 'NotifyEvent', 'heartbeat', 'constructor', '']) {
    expect([isChargerAction(name), isCsmsAction(name)]).toEqual([false, false]);
  }
});

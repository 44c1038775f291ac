import type { Generation } from '../generation.ts';

/** OCPP 1.6: what the charger says is said as it is. */
export const ocpp16: Generation = {
  ocpp: '1.6',
  keys: (connectors) => ({
    changeable: {
      HeartbeatInterval: '300',
      MeterValueSampleInterval: '60',
      ConnectionTimeOut: '60',
      LocalPreAuthorize: 'false',
      StopTransactionOnInvalidId: 'true',
    },
    fixed: {
      AuthorizeRemoteTxRequests: 'false',
      NumberOfConnectors: String(connectors),
      SupportedFeatureProfiles:
        'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
      SupportedFileTransferProtocols: 'FTP,HTTP',
      ChargeProfileMaxStackLevel: '10',
      ChargingScheduleAllowedChargingRateUnit: 'Current,Power',
      ChargingScheduleMaxPeriods: '24',
      MaxChargingProfilesInstalled: '20',
    },
    currents: {},
  }),
  statusWord: (status) => status,
  tellable: (_action, fields) => fields,
  say: (_action, payload) => payload,
  hear: (_action, conf) => conf,
  answer: (_action, conf) => conf,
};

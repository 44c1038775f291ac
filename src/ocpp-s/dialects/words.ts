import type * as House from '../../ocpp/messages.generated.ts';
import type * as Ocpp12 from './messages-1.2.generated.ts';
import type * as Ocpp15 from './messages-1.5.generated.ts';

/*
 * The enumerations that changed between the versions. Each table is total over the version that it reads, and its values
 * are of the version that it writes: the compiler holds it to both WSDLs.
 */

type Words<Value extends string, Word> = Readonly<Record<Value, Word>>;

/** OCPP 1.6 appendix A: Mode3Error was renamed. */
export const errorMeanings15: Words<Ocpp15.ChargePointErrorCode, House.ChargePointErrorCode> = {
  ConnectorLockFailure: 'ConnectorLockFailure',
  GroundFailure: 'GroundFailure',
  HighTemperature: 'HighTemperature',
  Mode3Error: 'EVCommunicationError',
  NoError: 'NoError',
  OtherError: 'OtherError',
  OverCurrentFailure: 'OverCurrentFailure',
  PowerMeterFailure: 'PowerMeterFailure',
  PowerSwitchFailure: 'PowerSwitchFailure',
  ReaderFailure: 'ReaderFailure',
  ResetFailure: 'ResetFailure',
  UnderVoltage: 'UnderVoltage',
  WeakSignal: 'WeakSignal',
};

export const errorWords15: Words<House.ChargePointErrorCode, Ocpp15.ChargePointErrorCode> = {
  ConnectorLockFailure: 'ConnectorLockFailure',
  EVCommunicationError: 'Mode3Error',
  GroundFailure: 'GroundFailure',
  HighTemperature: 'HighTemperature',
  InternalError: 'OtherError',
  LocalListConflict: 'OtherError',
  NoError: 'NoError',
  OtherError: 'OtherError',
  OverCurrentFailure: 'OverCurrentFailure',
  OverVoltage: 'OtherError',
  PowerMeterFailure: 'PowerMeterFailure',
  PowerSwitchFailure: 'PowerSwitchFailure',
  ReaderFailure: 'ReaderFailure',
  ResetFailure: 'ResetFailure',
  UnderVoltage: 'UnderVoltage',
  WeakSignal: 'WeakSignal',
};

export const errorMeanings12: Words<Ocpp12.ChargePointErrorCode, House.ChargePointErrorCode> = {
  ConnectorLockFailure: 'ConnectorLockFailure',
  HighTemperature: 'HighTemperature',
  Mode3Error: 'EVCommunicationError',
  NoError: 'NoError',
  PowerMeterFailure: 'PowerMeterFailure',
  PowerSwitchFailure: 'PowerSwitchFailure',
  ReaderFailure: 'ReaderFailure',
  ResetFailure: 'ResetFailure',
};

/** OCPP 1.2 has no word for "another error". */
export const errorWords12: Words<House.ChargePointErrorCode, Ocpp12.ChargePointErrorCode | undefined> = {
  ConnectorLockFailure: 'ConnectorLockFailure',
  EVCommunicationError: 'Mode3Error',
  GroundFailure: undefined,
  HighTemperature: 'HighTemperature',
  InternalError: undefined,
  LocalListConflict: undefined,
  NoError: 'NoError',
  OtherError: undefined,
  OverCurrentFailure: undefined,
  OverVoltage: undefined,
  PowerMeterFailure: 'PowerMeterFailure',
  PowerSwitchFailure: 'PowerSwitchFailure',
  ReaderFailure: 'ReaderFailure',
  ResetFailure: 'ResetFailure',
  UnderVoltage: undefined,
  WeakSignal: undefined,
};

export const statusWords15: Words<House.ChargePointStatus, Ocpp15.ChargePointStatus> = {
  Available: 'Available',
  Charging: 'Occupied',
  Faulted: 'Faulted',
  Finishing: 'Occupied',
  Preparing: 'Occupied',
  Reserved: 'Reserved',
  SuspendedEV: 'Occupied',
  SuspendedEVSE: 'Occupied',
  Unavailable: 'Unavailable',
};

/** To OCPP 1.2 a connector that is kept for somebody is simply taken. */
export const statusWords12: Words<House.ChargePointStatus, Ocpp12.ChargePointStatus> = {
  Available: 'Available',
  Charging: 'Occupied',
  Faulted: 'Faulted',
  Finishing: 'Occupied',
  Preparing: 'Occupied',
  Reserved: 'Occupied',
  SuspendedEV: 'Occupied',
  SuspendedEVSE: 'Occupied',
  Unavailable: 'Unavailable',
};

/** 1.5 and 1.2 do not know Pending; the gateway does, and answers such a charger accordingly. */
export const registrationWords: Words<House.RegistrationStatus, Ocpp15.RegistrationStatus & Ocpp12.RegistrationStatus> =
  { Accepted: 'Accepted', Pending: 'Rejected', Rejected: 'Rejected' };

export const diagnosticsWords: Words<
  House.DiagnosticsStatus,
  (Ocpp15.DiagnosticsStatus & Ocpp12.DiagnosticsStatus) | undefined
> = { Idle: undefined, Uploaded: 'Uploaded', UploadFailed: 'UploadFailed', Uploading: undefined };

export const firmwareWords: Words<House.FirmwareStatus, (Ocpp15.FirmwareStatus & Ocpp12.FirmwareStatus) | undefined> = {
  Downloaded: 'Downloaded',
  DownloadFailed: 'DownloadFailed',
  Downloading: undefined,
  Idle: undefined,
  InstallationFailed: 'InstallationFailed',
  Installed: 'Installed',
  Installing: undefined,
};

/** The older versions have no word for a change that needs a reboot; it was taken, and that they can say. */
export const configurationWords: Words<
  House.ConfigurationStatus,
  Ocpp15.ConfigurationStatus & Ocpp12.ConfigurationStatus
> = { Accepted: 'Accepted', NotSupported: 'NotSupported', RebootRequired: 'Accepted', Rejected: 'Rejected' };

export const unlockMeanings: Words<Ocpp15.UnlockStatus & Ocpp12.UnlockStatus, House.UnlockStatus> = {
  Accepted: 'Unlocked',
  Rejected: 'UnlockFailed',
};

export const unlockWords: Words<House.UnlockStatus, Ocpp15.UnlockStatus & Ocpp12.UnlockStatus> = {
  NotSupported: 'Rejected',
  Unlocked: 'Accepted',
  UnlockFailed: 'Rejected',
};

export const updateMeanings: Words<Ocpp15.UpdateStatus, House.UpdateStatus> = {
  Accepted: 'Accepted',
  Failed: 'Failed',
  HashError: 'Failed',
  NotSupported: 'NotSupported',
  VersionMismatch: 'VersionMismatch',
};

export const contextWords: Words<House.ReadingContext, Ocpp15.ReadingContext | undefined> = {
  'Interruption.Begin': 'Interruption.Begin',
  'Interruption.End': 'Interruption.End',
  Other: undefined,
  'Sample.Clock': 'Sample.Clock',
  'Sample.Periodic': 'Sample.Periodic',
  'Transaction.Begin': 'Transaction.Begin',
  'Transaction.End': 'Transaction.End',
  Trigger: undefined,
};

export const locationWords: Words<House.Location, Ocpp15.Location | undefined> = {
  Body: 'Body',
  Cable: undefined,
  EV: undefined,
  Inlet: 'Inlet',
  Outlet: 'Outlet',
};

export const measurandWords: Words<House.Measurand, Ocpp15.Measurand | undefined> = {
  'Current.Export': 'Current.Export',
  'Current.Import': 'Current.Import',
  'Current.Offered': undefined,
  'Energy.Active.Export.Interval': 'Energy.Active.Export.Interval',
  'Energy.Active.Export.Register': 'Energy.Active.Export.Register',
  'Energy.Active.Import.Interval': 'Energy.Active.Import.Interval',
  'Energy.Active.Import.Register': 'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Interval': 'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Export.Register': 'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Interval': 'Energy.Reactive.Import.Interval',
  'Energy.Reactive.Import.Register': 'Energy.Reactive.Import.Register',
  Frequency: undefined,
  'Power.Active.Export': 'Power.Active.Export',
  'Power.Active.Import': 'Power.Active.Import',
  'Power.Factor': undefined,
  'Power.Offered': undefined,
  'Power.Reactive.Export': 'Power.Reactive.Export',
  'Power.Reactive.Import': 'Power.Reactive.Import',
  RPM: undefined,
  SoC: undefined,
  Temperature: 'Temperature',
  Voltage: 'Voltage',
};

export const unitMeanings: Words<Ocpp15.UnitOfMeasure, House.UnitOfMeasure> = {
  Amp: 'A',
  Celsius: 'Celsius',
  kvar: 'kvar',
  kvarh: 'kvarh',
  kW: 'kW',
  kWh: 'kWh',
  var: 'var',
  varh: 'varh',
  Volt: 'V',
  W: 'W',
  Wh: 'Wh',
};

export const unitWords: Words<House.UnitOfMeasure, Ocpp15.UnitOfMeasure | undefined> = {
  A: 'Amp',
  Celcius: 'Celsius',
  Celsius: 'Celsius',
  Fahrenheit: undefined,
  Hertz: undefined,
  K: undefined,
  kVA: undefined,
  kvar: 'kvar',
  kvarh: 'kvarh',
  kW: 'kW',
  kWh: 'kWh',
  Percent: undefined,
  V: 'Volt',
  VA: undefined,
  var: 'var',
  varh: 'varh',
  W: 'W',
  Wh: 'Wh',
};

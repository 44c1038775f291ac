import { byDefault, choice, live, restart, section, text, whole } from '../field.ts';

/** How the load of one charger is controlled; part of what groups and chargers may say differently. */
export const smartChargingFields = {
  smartCharging: byDefault(
    'auto',
    choice(
      ['auto', 'charger', 'gateway'],
      'Who keeps its charging profiles. auto: the charger, and the gateway in its place when it cannot; charger, gateway: always that one.',
    ),
  ),
  compositeSource: byDefault(
    'charger',
    choice(
      ['charger', 'gateway'],
      'Who answers GetCompositeSchedule for a charger that keeps its own profiles; the gateway does it anyway when the charger cannot.',
    ),
  ),
  maxCurrentA: byDefault(
    32,
    whole(1, 1000, 'What each connector can draw, per phase: its limit where no charging profile says less.'),
  ),
  phases: byDefault(3, whole(1, 3, 'Phases that each connector is wired to.')),
  voltageV: byDefault(230, whole(100, 1000, 'Voltage between phase and neutral, to convert watts and amperes.')),
  driveBy: byDefault(
    'model',
    choice(
      ['model', 'remoteStopStart', 'none'],
      'How a charger whose profiles the gateway keeps is held to its limit. model: as its model says, if there is one; remoteStopStart: its sessions are stopped below 6 A and started again above; none: not at all.',
    ),
  ),
  model: text('Name of its model in config/models. Absent = found by the vendor and model of its BootNotification.'),
  restCurrentA: whole(
    0,
    1000,
    'Current per phase that each connector is left at when the gateway stops, so that the site is safe without it. Absent = what the model says.',
  ),
};

export const charging = section('How the load of chargers is controlled.', {
  modelsFolder: live(
    text(
      'Folder with model files (*.yaml) of your own, beside those of config/models; a model of the same name replaces the shipped one.',
      'folder',
    ),
  ),
  sitesFolder: restart(
    text(
      'Folder with site files (*.yaml, see docs/site-files.md): what the optimizer plans. Absent = no sites, every charger by itself.',
      'folder',
    ),
  ),
});

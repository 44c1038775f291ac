import { mandatory, section, text } from '../field.ts';
import { csmsOverrides } from './csms.ts';

export const controller = section(
  'The gateway as a station of its own: the Local Controller (OCPP 1.6 §3.12.4) through which the CSMS limits a site as a whole. Absent = none.',
  {
    identity: mandatory(
      'SITE-1',
      text('Identity towards the CSMS, under which it is registered there. No charger may have it.', 'identity'),
    ),
    site: text('Site whose limit and plan it stands for. Absent = the only one.', 'site-id'),
    csms: csmsOverrides,
  },
);

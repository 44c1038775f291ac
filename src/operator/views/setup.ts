import { byName, choice, flag, list, maybe, record, text, anything } from './shape.ts';

const chargerSetup = record(
  {
    registered: flag('Listed under `chargers` of the config.'),
    blocked: flag('Refused by the config.'),
    model: maybe(text('By which it is driven if it has no smart charging; absent: none fits.')),
    settings: byName(anything('As in the config.'), 'Keys of its profile that are not at their default.'),
    proofs: list(text('In words.'), 'What it must show.'),
    urls: list(
      record({ protocol: choice(['OCPP-S', 'OCPP-J'], 'Which.'), url: text('With the secret of its path.') }, 'A URL.'),
      'What is typed into it, the way that the gateway would be reached.',
    ),
  },
  'How the config has a charger, seen or not.',
);

export const setupAnswer = record({ setup: maybe(chargerSetup) }, 'The setup of a charger.');

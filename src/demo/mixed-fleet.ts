import { join } from 'node:path';
import { type Charger, type ChargerSettings, startCharger } from './charger.ts';
import type { Generation } from './charger/generation.ts';
import { ocpp12 } from './charger/generations/ocpp-1.2.ts';
import { ocpp15 } from './charger/generations/ocpp-1.5.ts';
import { ocpp16 } from './charger/generations/ocpp-1.6.ts';
import { jsonSpeech } from './charger/json-line.ts';
import { loadOcppServices } from './charger/services.ts';
import { soapSpeech } from './charger/soap-line.ts';
import type { Sort, Speech } from './charger/speech.ts';
import { type Make, settingsOf } from './fleet.ts';

export type MixedFleetSettings = {
  /** URL of the CentralSystemService. */
  readonly soapUrl: string;
  /** URL of the endpoint for chargers with OCPP-J. */
  readonly jsonUrl: string;
  /** Folder with a folder of WSDL files for each version. */
  readonly wsdlFolder: string;
  /** What all chargers have in common. */
  readonly charger: Pick<ChargerSettings, 'sampleIntervalMs' | 'retry' | 'onPower'>;
};

/** The demo's chargers: all sorts at one site. The last one tells no callback address, and stands elsewhere. */
export const mixedMakes: readonly (Make & { readonly sort: Sort })[] = [
  { sort: '1.6-S', model: 'Wallbox 11', quirks: {} },
  { sort: '1.6-S', model: 'Column 22 gSOAP', quirks: { envelopePrefix: 'SOAP-ENV', times: 'offset' } },
  { sort: '1.5-S', model: 'Post 5', quirks: { envelopePrefix: 's', times: 'offset' }, connectors: 1 },
  { sort: '1.6-J', model: 'Column 22 J', quirks: {} },
  { sort: '1.2-S', model: 'Post 2', quirks: { constantMessageId: true }, connectors: 1 },
  { sort: '1.6-S', model: 'Hermit', quirks: { addressing: 'noFrom' } },
];

/** Starts one charger of each make, `DEMO-01` and so on. */
export async function startMixedFleet(settings: MixedFleetSettings): Promise<readonly Charger[]> {
  const speeches = await speechesOf(settings);
  return await Promise.all(
    mixedMakes.map((make, index) =>
      startCharger({ ...settingsOf(make, speeches[make.sort], 'DEMO', index + 1), ...settings.charger }),
    ),
  );
}

async function speechesOf(settings: MixedFleetSettings): Promise<Readonly<Record<Sort, Speech>>> {
  const { soapUrl: centralSystemUrl, jsonUrl, wsdlFolder, charger } = settings;
  const servicesOf = ({ ocpp }: Generation) => loadOcppServices(join(wsdlFolder, ocpp));
  return {
    '1.6-S': soapSpeech(ocpp16, { centralSystemUrl, services: await servicesOf(ocpp16) }),
    '1.5-S': soapSpeech(ocpp15, { centralSystemUrl, services: await servicesOf(ocpp15) }),
    '1.2-S': soapSpeech(ocpp12, { centralSystemUrl, services: await servicesOf(ocpp12) }),
    '1.6-J': jsonSpeech({ url: jsonUrl, pauseMs: charger.retry.pauseMs }),
  };
}

import type { Generation } from './generation.ts';
import type { OpenLine } from './line.ts';
import type { OcppServices } from './services.ts';
import { SoapClient } from './soap-client.ts';
import { listenForCommands } from './soap-server.ts';
import { type Speech, speechOf } from './speech.ts';

export type SoapSide = {
  /** URL of the CentralSystemService. */
  readonly centralSystemUrl: string;
  /** Of the version that the charger speaks. */
  readonly services: OcppServices;
};

/** A charger that speaks over SOAP, on the `soap` package's client and server. */
export function soapSpeech(generation: Generation, side: SoapSide): Speech {
  return speechOf(`${generation.ocpp}-S`, generation, soapLine(side));
}

function soapLine({ centralSystemUrl, services }: SoapSide): OpenLine {
  return async (settings) => {
    const server = await listenForCommands({ ...settings, services, envelopePrefix: settings.quirks.envelopePrefix });
    const client = new SoapClient({ ...settings, centralSystemUrl, services, ownUrl: server.url });
    return {
      call: (action, payload) => client.call(action, payload),
      close: async () => {
        client.close();
        await server.close();
      },
    };
  };
}

import type { OcppServices } from './services.ts';
import { SoapClient } from './soap-client.ts';
import { listenForCommands } from './soap-server.ts';
import type { OpenLine } from './line.ts';

export type SoapSide = {
  /** URL of the CentralSystemService. */
  readonly centralSystemUrl: string;
  readonly services: OcppServices;
};

/** A line on the `soap` package's client and server, in the version that the services are of. */
export function soapLine({ centralSystemUrl, services }: SoapSide): OpenLine {
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

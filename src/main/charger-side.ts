import type { ConnectionDoor } from '../gateway/ports.ts';
import { localHost } from './addresses.ts';
import { jsonListenersOf, soapListenersOf } from './charger-setup.ts';
import type { CurrentConfig } from './current-config.ts';
import type { Ending } from './ending.ts';
import { soapListeners } from './soap-listeners.ts';
import type { Common, Wires } from './wires.ts';

/** How long requests that are under way may take to end; with 3 s for chargers to rest and 2 s for the links below 10 s. */
const graceMs = 4_000;

type ChargerSideParts = Common & Pick<Wires, 'services' | 'soap' | 'own' | 'json'> & { readonly door: ConnectionDoor };

/** The listeners for chargers, and where they are: as this machine reaches them, and as chargers do. */
export async function openChargerSide(current: CurrentConfig, parts: ChargerSideParts, ending: Ending) {
  const { config } = current;
  const { own, json, door } = parts;
  const soap = soapListeners({ ...parts, current });
  const { port } = await soap.plain.listen();
  ending.first(() => soap.plain.close(graceMs));
  const tls = await soap.tls?.listen();
  ending.first(async () => soap.tls?.close(graceMs));
  const soapOpen = soapListenersOf(config, { plain: port, tls: tls?.port });
  own.url = soapOpen[0]?.url ?? own.url;
  ending.first(() => json.shut());
  const { urls: jsonUrls, ports: jsonPorts } = await json.listen(door);
  const { host, path } = config.soap;
  const urls = {
    soapUrl: `http://${localHost(host)}:${port}${path}`,
    soapTlsUrl: tls && `https://${localHost(host)}:${tls.port}${path}`,
    ...jsonUrls,
  };
  return { urls, listeners: [...soapOpen, ...jsonListenersOf(config, jsonPorts)] };
}

import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import type { Clock, CsmsDoor, Log, MessageLog, Meters } from '../gateway/ports.ts';
import { createCsmsLinks, csmsLinkDefaults } from '../ocpp-j/client.ts';
import { createSoapCaller } from '../ocpp-s/client.ts';
import { loadContract } from '../ocpp-s/wsdl/contract.ts';
import type { CurrentConfig, Settings } from './current-config.ts';
import type { Ending } from './ending.ts';
import { callerByWire, jsonChargers } from './json-listeners.ts';
import { packageRoot } from './package.ts';
import { soapCodecs } from './soap-codecs.ts';

/** What every part is given. */
export type Common = {
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly messages: MessageLog;
};

export type Wires = ReturnType<typeof openWires>;

/** How long calls of OCPP-J chargers may take to end: they were heard until then. */
const jsonGraceMs = 500;

/** How chargers and the CSMS are called. `own.url` is where chargers find us, as soon as that is known. */
export function openWires(current: CurrentConfig, common: Common, ending: Ending) {
  const config = current.live((present) => present.config);
  const services = loadContract(join(packageRoot, 'wsdl'));
  const contract = services.map(({ model }) => model);
  const soap = soapCodecs(config, contract, common);
  const own = { url: config.soap.publicUrl ?? '' };
  const soapCaller = createSoapCaller({ ...common, ...callerSettings(config), soap, publicUrl: () => own.url });
  ending.first(() => soapCaller.close());
  const json = jsonChargers(current, common);
  ending.first(() => json.close(jsonGraceMs));
  const caller = callerByWire(soapCaller, json.caller);
  const links = (door: CsmsDoor) => createCsmsLinks({ ...common, door, options: current.live(linkOptions) });
  return { services, soap, own, json, caller, links };
}

/** Chargers that speak TLS show certificates of their own making: what protects the call is its address. */
function callerSettings({ soap }: Config) {
  return { maxAnswerBytes: soap.maxBodyBytes, tls: { verify: false, legacy: false } };
}

/** Compressing smaller messages costs more than it saves. */
const compressFromBytes = 512;

function linkOptions({ config: { csms, soap } }: Settings) {
  const { minS, maxS } = csms.backoff;
  return {
    ...csmsLinkDefaults,
    // A charger that takes all of its time is still answered for by the gateway, not by the link.
    commandDeadlineMs: Math.max(csmsLinkDefaults.commandDeadlineMs, soap.callDeadlineS * 1000 + 5_000),
    backOff: { minMs: minS * 1000, maxMs: maxS * 1000 },
    compressFromBytes: csms.compression ? compressFromBytes : undefined,
  };
}

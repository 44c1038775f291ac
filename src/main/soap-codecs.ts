import type { Config } from '../config/load.ts';
import type { Log, Meters } from '../gateway/ports.ts';
import type { ServiceModel } from '../ocpp/schema.ts';
import { createShadow } from '../ocpp-s/shadow.ts';
import { compileSoap, type Soap } from '../ocpp-s/soap.ts';
import { pullDecoder } from '../ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../ocpp-s/xml/reference.ts';

/** The codecs of all versions with the configured decoder, and the other one as its shadow. */
export function soapCodecs(
  config: Pick<Config, 'soap'>,
  models: readonly ServiceModel[],
  around: { readonly log: Log; readonly meters: Meters },
): Soap {
  const isFast = config.soap.decoder === 'fast';
  const [decoder, other] = isFast ? [pullDecoder, referenceDecoder] : [referenceDecoder, pullDecoder];
  const shadow = createShadow({ ...around, first: decoder, decoder: other, every: () => config.soap.shadowEvery });
  return compileSoap(models, decoder, shadow);
}

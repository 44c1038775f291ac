import type { Bench, Relay } from '../bench.ts';
import { type Row, rowAtLeast, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

const inFlight = 32;

/** Commands of the CSMS to 50 chargers: CALL, SOAP request, SOAP answer, CALLRESULT. */
export async function measureOutbound(
  bench: Bench,
  gateway: Relay,
  soap: Relay,
  scale: Scale,
): Promise<readonly Row[]> {
  const perSecond = async (relay: Relay, atLeastMessages = 0): Promise<number> => {
    const work = { relay: relay.name, inFlight, forMs: scale.roundMs, atLeastMessages };
    const done = await bench.csms.ask('command', work);
    return (done.messages * 1000) / (done.endedMs - done.startedMs);
  };
  const measured: { gateway: number[]; soap: number[] } = { gateway: [], soap: [] };
  await perSecond(gateway, scale.warmUpMessages);
  await perSecond(soap, scale.warmUpMessages);
  for (let round = 0; round < scale.rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    measured.gateway.push(await perSecond(gateway));
    // oxlint-disable-next-line no-await-in-loop
    measured.soap.push(await perSecond(soap));
  }
  return [
    rowAtLeast(
      { measure: 'commands: CALL → SOAP → CALLRESULT', unit: '× soap client' },
      3,
      ratios(measured.gateway, measured.soap),
    ),
    rowOf({ measure: 'commands of the gateway', unit: '/s' }, measured.gateway),
    rowOf({ measure: 'commands of the soap client', unit: '/s' }, measured.soap),
  ];
}

import { afterEach, beforeEach, expect, vi } from 'vitest';
import { type CsmsLinks, noMessageLog } from '../../../src/gateway/ports.ts';
import { type CsmsLinkOptions, createCsmsLinks, csmsLinkDefaults } from '../../../src/ocpp-j/client.ts';
import { type CsmsScript, type ScriptedCsms, startScriptedCsms } from '../../support/scripted-csms.ts';
import { machineClock, Recorder } from './surroundings.ts';

/** Links with real sockets on loopback, for the test that runs now. */
export let recorder: Recorder;

let started: (() => Promise<unknown>)[];

beforeEach(() => {
  started = [];
  recorder = new Recorder();
});

afterEach(async () => {
  for (const stop of started.toReversed()) await stop();
});

/** Stops what a test started, after it. */
export function stopAfterwards(stop: () => Promise<unknown>): void {
  started.push(stop);
}

export async function csmsWith(script: CsmsScript = {}): Promise<ScriptedCsms> {
  const csms = await startScriptedCsms(script);
  stopAfterwards(() => csms.stop());
  return csms;
}

export function linksWith(options: Partial<CsmsLinkOptions> = {}): CsmsLinks {
  const { log, meters } = recorder;
  const backOff = { minMs: 5, maxMs: 40 };
  const common = { door: recorder, clock: machineClock, log, meters, messages: noMessageLog };
  const links = createCsmsLinks({ ...common, options: { ...csmsLinkDefaults, backOff, ...options } });
  stopAfterwards(() => links.shutdown());
  return links;
}

export async function openState(links: CsmsLinks, station = 'CP1'): Promise<void> {
  await vi.waitFor(() => expect(links.state(station).kind).toBe('open'), { timeout: 5_000, interval: 5 });
}

export async function errorOf(links: CsmsLinks, text: RegExp, station = 'CP1'): Promise<void> {
  const wanted = { kind: 'connecting', lastError: expect.stringMatching(text) };
  await vi.waitFor(() => expect(links.state(station)).toMatchObject(wanted), { timeout: 5_000, interval: 2 });
}

export const statusNotification = { connectorId: 1, errorCode: 'NoError', status: 'Available' };

import type { Rate } from '../front-door/rates.ts';
import type { FrameLimits } from './frame-socket.ts';
import type { SessionLimits } from './session.ts';

/** What the server for chargers allows. Every bound is checked before memory is spent. */
export type JsonLimits = SessionLimits &
  FrameLimits & {
    /** Bytes of one message, after inflation; more closes with 1009. */
    readonly maxPayloadBytes: number;
    /** Largest request line with headers. */
    readonly maxHeaderBytes: number;
    /** TCP connections of one listener at a time; further ones are closed at once. */
    readonly maxConnections: number;
    readonly maxConnectionsPerAddress: number;
    /** From the start of a connection to the last header of its handshake. */
    readonly handshakeTimeoutMs: number;
    /** Quiet time after which a charger is sent a ping; 0 sends none. */
    readonly pingIntervalMs: number;
    /** How long a ping may stay unanswered until the charger is taken for dead. */
    readonly pongDeadlineMs: number;
    /** Bytes from which messages are compressed (RFC 7692); undefined: no compression is agreed to. */
    readonly compressFromBytes: number | undefined;
    readonly rates: {
      /** Handshakes of one address; further ones are answered 429. */
      readonly perAddress: Rate;
      /** Messages of one charger; further ones are left in the network until their time has come. */
      readonly perCharger: Rate;
    };
  };

export const defaultJsonLimits: JsonLimits = {
  maxPayloadBytes: 256 * 1024,
  maxHeaderBytes: 8 * 1024,
  maxConnections: 5_000,
  maxConnectionsPerAddress: 200,
  handshakeTimeoutMs: 10_000,
  pingIntervalMs: 60_000,
  pongDeadlineMs: 10_000,
  compressFromBytes: undefined,
  maxBufferedBytes: 1024 * 1024,
  closeDeadlineMs: 2_000,
  maxWaitingCalls: 20,
  maxWaitingCommands: 20,
  maxTimeoutsInRow: 3,
  commandDeadlineMs: 90_000,
  rates: { perAddress: { perSecond: 20, burst: 50 }, perCharger: { perSecond: 10, burst: 20 } },
};

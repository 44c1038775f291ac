import type { FileDoorSettings } from './door.ts';

/** The limits of both servers, and where they listen when nothing else is said. */
export const fileDoorDefaults: FileDoorSettings = {
  http: { host: '0.0.0.0', port: 8182, maxConnections: 256, maxConnectionsPerAddress: 32, stallMs: 60_000 },
  ftp: {
    host: '0.0.0.0',
    port: 2121,
    passivePorts: { first: 50_000, last: 50_063 },
    maxSessions: 64,
    maxSessionsPerAddress: 32,
    lockout: { badLogins: 5, withinMs: 600_000 },
    maxLineBytes: 1_024,
    idleMs: 120_000,
    loginMs: 30_000,
    dataConnectMs: 30_000,
    stallMs: 60_000,
    punishMs: 1_000,
  },
};

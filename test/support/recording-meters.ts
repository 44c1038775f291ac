import type { Meters } from '../../src/gateway/ports.ts';

/** Puts what is counted into a list, in words. */
export function recordingMeters(counted: string[]): Meters {
  return {
    message: () => undefined,
    callDuration: () => undefined,
    securityReject: (rule) => counted.push(`reject ${rule}`),
    anomaly: (kind) => counted.push(`anomaly ${kind}`),
    duplicate: (source) => counted.push(`duplicate ${source}`),
    outboxRetry: (reason) => counted.push(`retry ${reason}`),
    deadLetter: () => counted.push('dead letter'),
    offlineDecision: (decision) => counted.push(`offline ${decision}`),
    clockOffset: () => undefined,
    reconnect: () => counted.push('reconnect'),
    translated: () => undefined,
    decodedTwice: (outcome) => counted.push(`decoded twice: ${outcome}`),
  };
}

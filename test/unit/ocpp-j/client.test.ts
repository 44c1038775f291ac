import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import type { CsmsLinks } from '../../../src/gateway/ports.ts';
import { answerEmpty } from '../../support/scripted-csms.ts';
import { csmsWith, errorOf, linksWith, openState, recorder, statusNotification } from './real-links.ts';
import { settingsFor } from './surroundings.ts';

describe('the life of a link', () => {
  test('a CSMS that flaps never holds two sockets of a charger, and each delivery ends', async () => {
    const csms = await csmsWith({
      answer: answerEmpty,
      onOpen: (socket, nth) => {
        if (nth <= 20) setTimeout(() => (nth % 2 === 0 ? socket.terminate() : socket.close(1012)), nth % 5);
      },
    });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    let answered = 0;
    await vi.waitFor(
      async () => {
        const delivery = await links.deliver('CP1', 'StatusNotification', statusNotification, 5_000);
        if (delivery.kind === 'answered') answered += 1;
        expect(csms.opened()).toBeGreaterThan(20);
        expect(delivery.kind).toBe('answered');
      },
      { timeout: 10_000, interval: 1 },
    );
    expect(csms.mostAtOnce()).toBe(1);
    expect(answered).toBeGreaterThan(0);
    expect(recorder.opened.length - recorder.closed.length).toBe(1);
  });

  test('a CSMS that accepts and never answers gets a new socket after three timeouts', async () => {
    const csms = await csmsWith();
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    const deliveries = [1, 2, 3].map(() => links.deliver('CP1', 'StatusNotification', statusNotification, 30));
    await expect(deliveries[0]).resolves.toMatchObject({ kind: 'unreachable', sent: true });
    for (const nth of [2, 3]) {
      await links.deliver('CP1', 'StatusNotification', statusNotification, 30);
      if (nth === 2) expect(csms.opened()).toBe(1);
    }
    await vi.waitFor(() => expect(csms.opened()).toBe(2), { timeout: 5_000 });
  });

  test('a half-open connection is found by its missing pong', async () => {
    const csms = await csmsWith({ autoPong: false });
    const links = linksWith({ sweepIntervalMs: 5, pongDeadlineMs: 20 });
    links.open('CP1', settingsFor(csms.url, 'CP1', { pingIntervalS: 0.02 }));
    await openState(links);
    await errorOf(links, /does not answer pings/);
    await vi.waitFor(() => expect(csms.opened()).toBeGreaterThan(1), { timeout: 5_000 });
  });

  test('pings of the CSMS are answered, and a reason in its close frame is shown', async () => {
    const csms = await csmsWith();
    const links = linksWith({ backOff: { minMs: 60_000, maxMs: 60_000 } });
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    const socket = csms.connections.get('CP1');
    socket?.ping();
    await once(socket ?? never(), 'pong');
    socket?.close(4001, 'tariff\u0007 unpaid');
    await errorOf(links, /^the CSMS closed the connection \(4001: tariff {2}unpaid\)/);
  });

  test('close and shutdown use close frames, and do not wait for a CSMS that does not answer them', async () => {
    const csms = await csmsWith();
    const links = linksWith({ closeDeadlineMs: 50 });
    for (const station of ['CP1', 'CP2', 'CP3']) {
      links.open(station, settingsFor(csms.url, station));
      await openState(links, station);
    }
    links.close('CP1');
    await vi.waitFor(() => expect(csms.closeCodes).toEqual([1000]), { timeout: 10_000 });
    csms.connections.get('CP2')?.pause();
    await links.shutdown();
    expect(csms.closeCodes).toEqual([1000, 1001]);
    expect(recorder.closed).toHaveLength(3);
  });

  test('a CSMS that stops reading is cut off before much piles up', async () => {
    const csms = await csmsWith({ onOpen: (socket) => socket.pause() });
    const links = linksWith({ maxBufferedBytes: 100_000, maxTimeoutsInRow: Number.POSITIVE_INFINITY });
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    const data = 'x'.repeat(200_000);
    await vi.waitFor(
      async () => {
        await links.deliver('CP1', 'DataTransfer', { vendorId: 'v', data }, 1);
        expect(links.state('CP1')).toMatchObject({ lastError: 'the CSMS does not read what it is sent' });
      },
      { timeout: 10_000, interval: 0 },
    );
  });
});

describe('what a CSMS must not send', () => {
  const good = async (links: CsmsLinks): Promise<void> => {
    await openState(links);
    await expect(links.deliver('CP1', 'StatusNotification', statusNotification, 5_000)).resolves.toMatchObject({
      kind: 'answered',
    });
  };

  test.each([
    [
      'a message of 1 MB',
      (send: (data: string) => void) => send(`[2,"1","ClearCache",{"x":"${'y'.repeat(1_000_000)}"}]`),
      1009,
      /too large/,
    ],
    [
      'a binary message',
      (send: (data: Buffer) => void) => send(Buffer.from('[2,"1","ClearCache",{}]')),
      1003,
      /binary/,
    ],
  ])('%s ends the connection, and the next one is served', async (_title, attack, code, words) => {
    const csms = await csmsWith({ answer: answerEmpty });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    attack((data: string | Buffer) => csms.connections.get('CP1')?.send(data));
    await vi.waitFor(() => expect(csms.closeCodes).toEqual([code]), { timeout: 10_000 });
    expect(recorder.logged.some(({ fields }) => words.test(String(fields['reason'])))).toBe(true);
    await good(links);
  });

  test('a message in thousands of fragments ends the connection, and memory stays', async () => {
    const csms = await csmsWith({ answer: answerEmpty });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    const socket = csms.connections.get('CP1');
    for (let nth = 0; nth < 20_000; nth += 1) socket?.send('x', { fin: false });
    await vi.waitFor(() => expect(csms.closeCodes).toEqual([1008]), { timeout: 10_000 });
    expect(recorder.logged.some(({ fields }) => /too many fragments/.test(String(fields['reason'])))).toBe(true);
    await good(links);
  });

  test('nonsense is answered or ignored on the open connection, ten thousand times, and memory stays', async () => {
    const csms = await csmsWith({ answer: answerEmpty });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    const socket = csms.connections.get('CP1');
    const nonsense = [
      '{}',
      '[2',
      '[2,null,"Reset",{}]',
      '[3,"nobody",{}]',
      '[4,"nobody","GenericError","",{}]',
      '[2,"1","Frobnicate",{}]',
      '[2,"2","Reset",{"type":"Soft","type":"Cold","__proto__":{"polluted":true}}]',
      `[2,"3","DataTransfer",${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}]`,
    ];
    const flood = async (batches: number): Promise<void> => {
      for (let batch = 0; batch < batches; batch += 1) {
        for (let round = 0; round < 50; round += 1) for (const text of nonsense) socket?.send(text);
        await good(links);
      }
    };
    await flood(10);
    const beforeBytes = process.memoryUsage().rss;
    await flood(15);
    expect(csms.opened()).toBe(1);
    expect(recorder.count('anomaly json_unknownAnswer')).toBe(2 * 25 * 50);
    expect(recorder.commands).toEqual([]);
    expect('polluted' in {}).toBe(false);
    expect(process.memoryUsage().rss - beforeBytes).toBeLessThan(20 * 1024 * 1024);
  });
});

function never(): never {
  throw new Error('there is no connection');
}

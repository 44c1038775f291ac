import type { Clock, Log, Meters } from '../../gateway/ports.ts';
import type { DoorListener } from '../ports.ts';
import type { FileSpool } from '../spool/spool.ts';
import type { Goods, Pass, Tickets } from './tickets.ts';

/** What both servers for chargers work with. */
export type DoorParts = {
  readonly tickets: Tickets;
  readonly spool: FileSpool;
  readonly listener: DoorListener;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Pick<Meters, 'securityReject'>;
};

export type Download = Extract<Goods, { kind: 'download' }>;

/** Tells the listener which bytes of a download left, and whether all of the file has by now. */
export function noteSent({ listener }: DoorParts, { job }: Pass, goods: Download, from: number, to: number): void {
  if (from <= goods.sentTo) goods.sentTo = Math.max(goods.sentTo, to);
  listener.sent(job, { from, to, whole: goods.sentTo === goods.file.bytes });
}

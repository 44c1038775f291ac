import { afterEach } from 'vitest';
import { validateJsonRequest } from '../../src/ocpp/validation.ts';
import { answered } from './gateway-harness.ts';
import { openTransferStage, type StageWish, type TransferStage } from './transfer-stage.ts';
import { type Handler, WebStage } from './web-server.ts';

/** What the tests of a file usually wish for. */
type Usual = {
  readonly wish?: StageWish;
  /** What the charger answers to calls. */
  readonly conf?: Readonly<Record<string, unknown>>;
};

/** Stages for the tests of one file, ended after each; what their CSMS heard is of the published schemas. */
export function useTransferStages({ wish: usual, conf = {} }: Usual = {}) {
  const web = new WebStage();
  const stages: TransferStage[] = [];
  afterEach(async () => {
    for (const stage of stages.splice(0)) {
      for (const { action, payload } of stage.harness.csms.heard) validateJsonRequest(action, payload);
      await stage.end();
    }
    await web.end();
  });
  const open = async (wish: StageWish = {}): Promise<TransferStage> => {
    const stage = await openTransferStage({ ...usual, ...wish, station: { ...usual?.station, ...wish.station } });
    stages.push(stage);
    stage.harness.chargers.answer = () => answered(conf);
    return stage;
  };
  return { web, open };
}

/** True when the job is in that state. */
export const isIn = (stage: TransferStage, state: string) => async () => (await stage.job()).state === state;

/** Where a CSMS wants its files: what came whole, by path; `fault` answers in its place, or lets it pass (undefined). */
export async function openInbox(web: WebStage, fault: (turn: number) => Handler | undefined = () => undefined) {
  const arrived = new Map<string, Buffer>();
  const url = await web.serve((request, response, turn) => {
    const instead = fault(turn);
    if (instead !== undefined) return instead(request, response, turn);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      arrived.set(request.url ?? '', Buffer.concat(chunks));
      response.writeHead(201).end();
    });
  });
  return { arrived, url: `${url}/in/` };
}

/** Takes the whole request, and answers with this status. */
export const answersWith =
  (code: number): Handler =>
  (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(code).end());
  };

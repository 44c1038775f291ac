import { afterEach } from 'vitest';
import { type DoorStage, openStage, type StageWish } from './file-door.ts';
import { RawFtp } from './raw-ftp.ts';

/** File doors and FTP clients for the tests of one file, ended after each. */
export function useDoorStages() {
  const stages: DoorStage[] = [];
  const clients: RawFtp[] = [];
  afterEach(async () => {
    for (const ftp of clients.splice(0)) ftp.end();
    for (const stage of stages.splice(0)) await stage.end();
  });
  const kept = (ftp: RawFtp): RawFtp => {
    clients.push(ftp);
    return ftp;
  };
  return {
    stageWith: async (wish: StageWish = {}): Promise<DoorStage> => {
      const stage = await openStage(wish);
      stages.push(stage);
      return stage;
    },
    login: async (url: string): Promise<RawFtp> => kept(await RawFtp.login(url)),
    connectTo: async ({ door }: DoorStage): Promise<RawFtp> => kept(await RawFtp.connect(door.ftpPort)),
  };
}

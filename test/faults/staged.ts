/** The server of a file of the matrix, and the stage of each of its tests. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

export interface Staged {
  readonly server: Server;
  /** Sets the stage of this test; it is struck behind it. */
  set(options: StageOptions): Promise<Stage>;
}

/** Starts a server for the whole file, whose rooms outlive their people, and stops it behind the last test. */
export function staged(): Staged {
  let server: Server | undefined;
  let stage: Stage | undefined;
  const running = () => {
    if (server === undefined) throw new Error('the server is not started yet');
    return server;
  };
  beforeAll(async () => {
    server = await startServer(undefined, { settings: 'muc_room_default_persistent = true' });
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    await stage?.strike();
    stage = undefined;
  });
  return {
    get server() {
      return running();
    },
    async set(options) {
      stage = await setStage(running(), options);
      return stage;
    },
  };
}

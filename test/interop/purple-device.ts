/** A device that is libpurple (Pidgin, Finch), driven by JSON lines (purple-device.py). It takes every file. */
import type { Server } from '../support/server.ts';
import { DrivenDevice, type Fact } from './driven-device.ts';

export class PurpleDevice extends DrivenDevice<Fact> {
  constructor(server: Server, user: string, resource: string) {
    super('purple-device.py', server, user, resource);
  }

  /** Sends a file to a full JID, and goes on. */
  async offer(to: string, path: string): Promise<void> {
    await this.wish('offer', { to, path });
  }
}

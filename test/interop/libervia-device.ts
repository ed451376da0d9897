/** A device that is Libervia, driven by JSON lines (libervia-device.py). It takes every file. */
import type { Server } from '../support/server.ts';
import { DrivenDevice, type Fact } from './driven-device.ts';

export class LiberviaDevice extends DrivenDevice<Fact> {
  constructor(server: Server, user: string, resource: string) {
    super('libervia-device.py', server, user, resource);
  }

  /** Sends a file to a full JID, by Jingle. */
  async offer(to: string, path: string): Promise<void> {
    await this.wish('offer', { to, path });
  }
}

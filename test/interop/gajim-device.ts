/** A device that is Gajim, on a screen of its own, driven by JSON lines (gajim-device.py). */
import type { Server } from '../support/server.ts';
import { FileDevice } from './driven-device.ts';

export class GajimDevice extends FileDevice {
  constructor(server: Server, user: string, resource: string) {
    super('gajim-device.py', server, user, resource);
  }
}

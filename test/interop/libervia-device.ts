/** A device that is Libervia, driven by JSON lines (libervia-device.py). */
import type { Server } from '../support/server.ts';
import { FileDevice } from './driven-device.ts';

export class LiberviaDevice extends FileDevice {
  constructor(server: Server, user: string, resource: string) {
    super('libervia-device.py', server, user, resource);
  }
}

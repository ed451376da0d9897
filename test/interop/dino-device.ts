/** A device that is libdino, driven by JSON lines (dino-device.py). */
import type { Server } from '../support/server.ts';
import { FileDevice } from './driven-device.ts';

export class DinoDevice extends FileDevice {
  constructor(server: Server, user: string, resource: string) {
    super('dino-device.py', server, user, resource);
  }
}

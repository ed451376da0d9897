/** A device that is libpurple (Pidgin, Finch), driven by JSON lines (purple-device.py). */
import type { Server } from '../support/server.ts';
import { FileDevice } from './driven-device.ts';

export class PurpleDevice extends FileDevice {
  constructor(server: Server, user: string, resource: string) {
    super('purple-device.py', server, user, resource);
  }
}

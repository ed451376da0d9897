/** `client.users`: people found by the server's directory (XEP-0055), and all that can be learnt of one. */
import type { Contacts } from '../contacts.ts';
import {
  type DirectoryForm,
  detailsOf,
  devicesOf,
  directoryForm,
  type Found,
  findUsers,
  findUsersBy,
} from '../details.ts';
import type { Filled, FilledForm } from '../form.ts';
import type { MediaSaver } from '../form-media.ts';
import type { Device, UserDetails } from '../people.ts';
import type { ChatRooms } from '../rooms.ts';
import type { Linked } from './link.ts';

export interface UserAreaOptions {
  readonly linked: Linked;
  readonly contacts: Contacts;
  readonly rooms: ChatRooms;
  readonly saveMedia: MediaSaver;
}

export function userArea({ linked, contacts, rooms, saveMedia }: UserAreaOptions) {
  let directory: DirectoryForm | undefined;

  function sources() {
    const { features, session } = linked();
    return { features, contacts, rooms, domain: session.domain };
  }

  return {
    /** As findUsers: those of the directory, and people known from elsewhere. */
    async find(query: string | undefined): Promise<Found> {
      return findUsers(query, sources());
    },

    /** The fields of the server's directory, as a form; its pictures are saved. Rejects with UnsupportedFeatureError. */
    async form(): Promise<FilledForm> {
      directory = await directoryForm(sources());
      const { form, fields } = directory;
      return saveMedia(form, fields.service);
    },

    /** People found by what was filled in of `form`. Rejects with ChatError `field-…`, and as the directory says. */
    async findBy(filled: Filled): Promise<Found> {
      const known = sources();
      directory ??= await directoryForm(known);
      return findUsersBy(directory, filled, known);
    },

    /** What the JID's server and each of its resources say; what does not answer is absent. */
    async details(jid: string): Promise<UserDetails> {
      return detailsOf(jid, sources());
    },

    /** What is logged in to the own account, this program first. */
    async devices(): Promise<Device[]> {
      return devicesOf(linked().session.jid, sources());
    },
  };
}

export type UserArea = ReturnType<typeof userArea>;

/** `client.profile`: what one says of oneself, for everybody to read. XEP-0054. */
import { VCARD_FIELDS, type VCard, type VCardChanges, type VCardField } from '../../xmpp/vcard.ts';
import type { Linked } from './link.ts';

export type ProfileField = VCardField;
/** a text for each field that is there, and of the photo its type and size; '' in a change removes a field */
export type Profile = VCard;
export type ProfileChanges = VCardChanges;

export function profileArea(linked: Linked) {
  return {
    /** what can be said */
    fields: VCARD_FIELDS as readonly ProfileField[],

    /** As the server has it; empty where there is none. Rejects with StanzaError, ChatError `offline`. */
    async get(): Promise<Profile> {
      return linked().features.vcard.get();
    },

    /** What is not named stays as it is, also what another client wrote. Rejects as `get`. */
    async change(changes: ProfileChanges): Promise<void> {
      await linked().features.vcard.set(changes);
    },
  };
}

export type ProfileArea = ReturnType<typeof profileArea>;

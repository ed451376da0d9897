/** `client.requests`: what waits for an answer, whatever it is. */
import type { Petition } from '../../xmpp/muc/voice.ts';
import type { Request } from '../events.ts';
import { ChatError } from '../problem.ts';
import type { Requests } from '../requests.ts';
import type { ChatRooms } from '../rooms.ts';
import type { ClientContacts } from './contacts.ts';
import type { ClientFiles } from './files.ts';
import type { Linked, Live } from './link.ts';

export interface RequestAreaOptions {
  readonly linked: Linked;
  readonly live: Live;
  readonly requests: Requests;
  readonly contacts: Pick<ClientContacts, 'approve' | 'decline'>;
  readonly rooms: Pick<ChatRooms, 'join'>;
  /** what rooms asked, by the id of the request */
  readonly petitions: Map<string, Petition>;
  readonly files: Pick<ClientFiles, 'accept' | 'decline'>;
}

export function requestArea(options: RequestAreaOptions) {
  const { linked, live, requests, contacts, rooms, petitions, files } = options;

  function known(id: string): Request {
    const request = requests.get(id);
    if (request === undefined) throw new ChatError('no-such-request', { id });
    return request;
  }

  /** XEP-0045 §8.6, §9.9 */
  function answerPetition(id: string, allow: boolean): void {
    const petition = petitions.get(id);
    if (petition !== undefined) linked().features.rooms.answerPetition(petition, allow);
    petitions.delete(id);
    requests.close(id);
  }

  /** Whoever sees our presence hears that we will not come (XEP-0045 §7.8.2); a stranger would learn that we are there. */
  function declineInvitation({ id, from, room = '', mediated = false }: Request): void {
    const link = live();
    if (mediated && link?.presence.isSubscribed(from) === true)
      link.rooms.decline({ room, from, mediated, reason: undefined, password: undefined });
    requests.close(id);
  }

  return {
    /** those that are open, the oldest first */
    list: (): Request[] => requests.list(),

    /**
     * Approves a subscription, takes a file, enters the room of an invitation and keeps it, grants what a room asks
     * for. Rejects with ChatError `no-such-request`, and as that does.
     */
    async accept(id: string): Promise<void> {
      const request = known(id);
      if (request.kind === 'subscription') await contacts.approve(request.from);
      else if (request.kind === 'file') files.accept(id.slice('file:'.length));
      else if (request.kind !== 'invitation') answerPetition(id, true);
      else {
        await rooms.join(request.room ?? '', { password: request.password, keep: true });
        requests.close(id);
      }
    },

    /** Says no. Rejects with ChatError `no-such-request`. */
    async refuse(id: string): Promise<void> {
      const request = known(id);
      if (request.kind === 'subscription') await contacts.decline(request.from);
      else if (request.kind === 'file') files.decline(id.slice('file:'.length));
      else if (request.kind !== 'invitation') answerPetition(id, false);
      else declineInvitation(request);
    },
  };
}

export type RequestArea = ReturnType<typeof requestArea>;

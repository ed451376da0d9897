/**
 * Invitations to rooms, each asked about once: those that come now, and those that the archive kept while we were away.
 * Servers keep the former as well, so the ids of the latest ones are remembered.
 */
import type { Invitation } from '../../xmpp/muc/invitations.ts';
import { bareOf } from '../address.ts';
import { type Requests, requestId } from '../requests.ts';
import type { SettingsStore } from '../stores.ts';

export interface InvitationsOptions {
  readonly account: string;
  readonly settings: SettingsStore;
  readonly requests: Requests;
  /** we are in that room, or keep it: whatever the archive says of it was answered */
  readonly isThere: (room: string) => boolean;
  /** the ids could not be kept */
  readonly failed: (error: unknown) => void;
}

/** beside the settings, under a name that is none */
const NAME = 'invitations-known';
/** ids that are remembered */
const MOST = 100;
/** milliseconds that ids are gathered before they are written: a flood of invitations is one write, not one each */
const GATHERING = 250;

export function invitations({ account, settings, requests, isThere, failed }: InvitationsOptions) {
  let known: readonly string[] | undefined;
  const ids = () => {
    known ??= (settings.get(account, NAME) ?? '').split(' ').filter((id) => id !== '');
    return known;
  };
  let writing: NodeJS.Timeout | undefined;

  function note(id: string): void {
    known = [...ids(), id].slice(-MOST);
    writing ??= setTimeout(write, GATHERING);
  }

  function write(): void {
    clearTimeout(writing);
    writing = undefined;
    try {
      settings.set(account, NAME, ids().join(' '));
    } catch (error) {
      failed(error);
    }
  }

  function ask(invitation: Invitation, time: number): void {
    const { room, from, reason, password, mediated, continues } = invitation;
    requests.open({
      kind: 'invitation',
      id: requestId.invitation(room),
      from: bareOf(from) === room ? from : bareOf(from),
      room,
      text: reason,
      password,
      mediated,
      continues,
      time,
    });
  }

  return {
    /** One comes now. */
    came(invitation: Invitation): void {
      if (invitation.archiveId !== undefined) note(invitation.archiveId);
      ask(invitation, Date.now());
    },

    /** One that the archive kept, by its id there; news where it came while nobody was here. */
    kept(invitation: Invitation, archiveId: string, time: number): void {
      if (ids().includes(archiveId)) return;
      note(archiveId);
      if (!isThere(invitation.room)) ask(invitation, time);
    },

    /** Writes what was gathered. */
    close(): void {
      if (writing !== undefined) write();
    },
  };
}

export type Invitations = ReturnType<typeof invitations>;

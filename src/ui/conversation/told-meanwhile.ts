/** What a command does is said once: by its event, where that is shown, else by its outcome. */
import type { Client } from '../../chat/client.ts';
import type { ChatEvents } from '../../chat/events.ts';

export interface ToldMeanwhile {
  /** an event said what the command did */
  told(): boolean;
  /** stops listening */
  close(): void;
}

/** Listens from now on. Entering a room is told anywhere, its subject and our name in it where it is the open chat. */
export function toldMeanwhile(client: Client, chat: string, command: string): ToldMeanwhile {
  let told = false;
  const room = ({ event }: ChatEvents['room'][0]) => {
    told ||= command === 'join' && (event === 'joined' || event === 'created');
  };
  const subject = (change: ChatEvents['subject'][0]) => {
    told ||= command === 'subject' && change.room === chat;
  };
  const occupant = (change: ChatEvents['occupant'][0]) => {
    told ||= command === 'nick' && change.room === chat && change.event === 'renamed';
  };
  client.on('room', room).on('subject', subject).on('occupant', occupant);
  return {
    told: () => told,
    close() {
      client.off('room', room).off('subject', subject).off('occupant', occupant);
    },
  };
}

/** A room that lets one message of each person through at a time (XEP-0500), as a live line that counts down. */
import type { Client } from '../../chat/client.ts';
import type { SlowMode } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';

const SECOND = 1000;

export interface SlowModeOptions {
  readonly client: { readonly rooms: Pick<Client['rooms'], 'slowMode'> };
  readonly chat: string;
  readonly words: Catalogue;
  /** the live lines changed */
  readonly redraw: () => void;
}

export function slowModeLine({ client, chat, words, redraw }: SlowModeOptions) {
  const { slowMode } = words.conversation;
  let seconds = client.rooms.slowMode(chat)?.seconds ?? 0;
  let clock: NodeJS.Timeout | undefined;
  const waits = () => client.rooms.slowMode(chat)?.wait ?? 0;
  const stop = () => {
    clearInterval(clock);
    clock = undefined;
  };
  const tick = () => {
    if (waits() === 0) stop();
    redraw();
  };
  /** Something was said, or refused: counts from now on, where one has to wait. */
  const look = () => {
    if (clock !== undefined || waits() === 0) return;
    clock = setInterval(tick, SECOND);
    clock.unref();
  };

  return {
    look,

    /** What is told of a change; undefined where it is none. */
    news(event: SlowMode): string | undefined {
      look();
      if (event.seconds === seconds) return undefined;
      seconds = event.seconds;
      return seconds === 0 ? slowMode.off : slowMode.on(seconds);
    },

    /** '' where one may speak now */
    text(): string {
      const wait = waits();
      return wait === 0 ? '' : slowMode.wait(wait);
    },

    close: stop,
  };
}

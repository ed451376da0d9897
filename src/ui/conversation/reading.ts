/**
 * What comes to an open chat is read at once. Where much comes it is said once a second: each time costs a commit, and
 * the other devices and the sender a stanza.
 */
export interface ReadingOptions {
  /** the chat was seen to its end */
  readonly read: () => void;
  /** nobody sees it now */
  readonly isAway: () => boolean;
}

export interface Reading {
  /** something came, and was shown */
  shown(): void;
  /** says what is still to be said, and clears the timer */
  close(): void;
}

/** milliseconds */
const PAUSE = 1000;

export function reading({ read, isAway }: ReadingOptions): Reading {
  let pause: NodeJS.Timeout | undefined;
  let owed = false;

  const wait = () => {
    pause = setTimeout(over, PAUSE).unref();
  };
  const over = () => {
    pause = undefined;
    if (!owed) return;
    if (!isAway()) say();
    // also where nobody sees it: what came is owed until somebody does
    wait();
  };
  const say = () => {
    owed = false;
    read();
  };

  return {
    shown() {
      owed = true;
      if (pause !== undefined) return;
      if (!isAway()) say();
      wait();
    },
    close() {
      clearTimeout(pause);
      if (owed && !isAway()) say();
    },
  };
}

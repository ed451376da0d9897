/** What the two scripted friends say. They speak the language of the run; all else on screen comes from src/i18n. */

export interface FriendWords {
  readonly aliceStatus: string;
  readonly bobStatus: string;
  readonly hello: string;
  /** taken in turn */
  readonly answers: readonly ((text: string) => string)[];
  readonly fileName: string;
  readonly file: string;
  readonly subject: string;
  readonly welcome: (nick: string) => string;
  readonly roomAnswers: readonly ((nick: string) => string)[];
}

export const friendWords: Readonly<Record<'en' | 'es', FriendWords>> = {
  en: {
    aliceStatus: 'having tea',
    bobStatus: 'in the lobby',
    hello: 'Hello! I am a small script, but I answer. Type something.',
    answers: [
      (text) => `You said: ${text}`,
      () => 'That is *interesting*. Try /help, or Up to get your last line back.',
      (text) => `${[...text].length} characters, all of them arrived.`,
      () => '/me pours another cup of tea',
    ],
    fileName: 'welcome.txt',
    file: 'This file came in-band, in small blocks, through the chat server.\nYou find it in files_received.\n',
    subject: 'Welcome to the lobby',
    welcome: (nick) => `Welcome, ${nick}!`,
    roomAnswers: [
      (nick) => `${nick}: so it is.`,
      (nick) => `I see it the same way, ${nick}.`,
      () => 'Who else is here?',
    ],
  },
  es: {
    aliceStatus: 'tomando té',
    bobStatus: 'en el vestíbulo',
    hello: '¡Hola! Soy un pequeño programa, pero respondo. Escribe algo.',
    answers: [
      (text) => `Has dicho: ${text}`,
      () => 'Qué *interesante*. Prueba /help, o la flecha arriba para recuperar tu última línea.',
      (text) => `${[...text].length} caracteres, y han llegado todos.`,
      () => '/me se sirve otra taza de té',
    ],
    fileName: 'bienvenida.txt',
    file: 'Este archivo llegó dentro del chat, en bloques pequeños, a través del servidor.\nLo encuentras en files_received.\n',
    subject: 'Bienvenidos al vestíbulo',
    welcome: (nick) => `¡Bienvenida, bienvenido, ${nick}!`,
    roomAnswers: [
      (nick) => `${nick}: así es.`,
      (nick) => `Yo lo veo igual, ${nick}.`,
      () => '¿Quién más está aquí?',
    ],
  },
};

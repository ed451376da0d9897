/** Las palabras de la conversación. */
import type { conversation as en } from '../en/conversation.ts';
import { plurals } from '../plurals.ts';

const n = plurals('es');
/** «a, b y c»; «e» ante una palabra que empieza por el sonido i. */
const list = (names: readonly string[]) => {
  const last = names.at(-1) ?? '';
  const and = /^h?i(?![aeou])/i.test(last) ? 'e' : 'y';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${and} ${last}`;
};

export const conversation: typeof en = {
  contactTitle: (name, jid) => (name === '' || name === jid ? jid : `${name} (${jid})`),
  roomTitle: (room, occupants) => `sala ${room}, ${n(occupants, { one: 'persona', other: 'personas' })}`,
  privateTitle: (nick, room) => `${nick} en la sala ${room} (privado)`,
  subject: (text) => `Asunto: ${text}`,
  slowMode: {
    on: (seconds) =>
      `Modo lento: cada persona puede escribir una vez cada ${n(seconds, { one: 'segundo', other: 'segundos' })}.`,
    off: 'El modo lento ha terminado.',
    wait: (seconds) =>
      `modo lento: próximo mensaje en ${n(seconds, { one: 'segundo', other: 'segundos' })}; lo que envíes hasta entonces espera`,
  },
  noSubject: 'Esta sala no tiene asunto.',
  howTo: 'Intro envía · /help: órdenes y teclas · Esc para salir del chat',
  howToAnswer: '/accept o /decline lo contesta.',
  muted: {
    all: 'Se avisa otra vez de todo lo de esta sala.',
    mentions: 'De esta sala solo se avisa de lo que te nombra.',
    off: 'De esta sala no se avisa de nada.',
  },
  today: 'hoy',
  yesterday: 'ayer',
  newMessages: 'mensajes nuevos',
  beginning: 'principio de lo guardado',
  older: 'mensajes anteriores',
  newerAbove: 'los posteriores están más arriba',
  empty: 'Todavía no hay mensajes.',
  loading: 'Cargando …',
  me: 'yo',
  typing: (names) =>
    names.length === 0
      ? ''
      : names.length > 3
        ? `${names.length} personas están escribiendo …`
        : `${list(names)} ${names.length === 1 ? 'está' : 'están'} escribiendo …`,
  paused: (name) => `${name} ha dejado de escribir`,
  active: (name) => `${name} está mirando este chat`,
  inactive: (name) => `${name} no está mirando este chat`,
  gone: (name) => `${name} ha cerrado este chat`,
  states: {
    queued: 'espera a que haya conexión',
    sent: 'enviado',
    acked: 'recibido por el servidor',
    delivered: 'entregado',
    read: 'leído',
    failed: 'no entregado',
  },
  failed: (why) => `no entregado: ${why}`,
  unreadable: (encryption) => `[cifrado con ${encryption}: este programa no tiene la clave]`,
  encryptedUnknown: '[mensaje cifrado: este programa no tiene la clave]',
  retracted: '[mensaje retirado]',
  moderated: (who, reason) =>
    `[eliminado por ${who === '' ? 'un moderador' : who}${reason === '' ? '' : `: ${reason}`}]`,
  changes: {
    correction: { waits: 'edición aún sin enviar', fails: 'edición no enviada' },
    retraction: { waits: 'retirada aún sin enviar', fails: 'retirada no enviada' },
    reaction: { waits: 'reacción aún sin enviar', fails: 'reacción no enviada' },
  },
  edited: 'editado',
  until: (when) => `hasta ${when}`,
  mayArriveTwice: 'puede llegar dos veces',
  answersUnknown: 'en respuesta a un mensaje anterior',
  noReactions: 'ya no hay reacciones',
  conference: {
    intro: (people) =>
      `Se crea una sala nueva, solo para miembros, y se invita a: ${people}. Lo que se ha dicho aquí se queda aquí, si no lo envías.`,
    howMany: 'Cuántos de los últimos mensajes verán todos allí',
    notSoMany: (most) => `Un número de 0 a ${most}`,
    wouldSee: 'Todos en la sala verían:',
    sure: '¿Enviar eso a la sala?',
    notSent: 'No se envía nada de eso.',
  },
  numbered: 'Los últimos mensajes; el 1 es el más reciente:',
  aroundHint: '/around 2 muestra lo que se dijo alrededor del segundo.',
  file: (about: string) => `fichero ${about}`,
  link: 'enlace',
  private: 'privado',
  via: (resource) => `desde ${resource}`,
  offline: 'Sin conexión: lo que escribas se guarda y se envía después.',
  entered: (count) => `En esta sala: ${n(count, { one: 'persona', other: 'personas' })}`,
  occupants: 'Ahora aquí',
  notInRoom: (room) => `No estás en la sala ${room}. /join entra en ella.`,
  whichFile: '¿Qué fichero? /cancel con su número, o /cancel all',
  noUnread: 'Ningún otro chat tiene mensajes sin leer.',
  unread: (chat, count) => `${chat} (${count})`,
  unknownCommand: (name, like) =>
    `No existe la orden /${name}.${like === '' ? '' : ` ¿Querías decir /${like}?`} /help muestra las que hay; // envía una barra.`,
  wrongUse: (usage) => `Se usa así: ${usage}`,
  nothingToEdit: 'No has escrito aquí nada que se pueda cambiar.',
  editing: 'cambiar',
  unchanged: 'No se cambia nada. /retract retira un mensaje.',
  draftKept: 'Tu borrador queda guardado.',
  tooLong: 'Este mensaje es demasiado largo para enviarlo.',
  pasteHint: (lines) =>
    `${n(lines, { one: 'línea', other: 'líneas' })}: Intro envía, Alt-Intro añade una línea`,
  helpTitle: 'Órdenes',
  helpMore: '/help all dice qué hacen; /help con un nombre, qué hace una.',
  helpKeys: 'Teclas',
  keys: {
    enter: 'Intro envía',
    newLine: 'Alt-Intro empieza otra línea',
    complete: 'Tab completa órdenes y nombres',
    history: 'Arriba y Abajo: lo que escribiste antes',
    edit: 'Ctrl-Arriba cambia tu último mensaje',
    older: 'RePág muestra mensajes anteriores',
    next: 'Ctrl-N: siguiente chat con mensajes sin leer',
    redraw: 'Ctrl-L vuelve a dibujar la pantalla',
    close: 'Esc o /close sale del chat',
  },
  commands: {
    help: 'lista las órdenes; con /help all, qué hacen',
    close: 'sale del chat (sigues dentro de la sala)',
    me: 'cuenta lo que haces, en tercera persona',
    who: 'muestra quién está en la sala',
    subject: 'muestra o cambia el asunto de la sala',
    nick: 'cambia tu apodo en la sala',
    invite: 'invita a alguien a la sala; con una persona: sigue con ambos en una sala nueva',
    conference: 'sigue esta conversación en una sala nueva, con más gente',
    msg: 'escribe en privado a alguien de la sala',
    older: 'muestra mensajes anteriores',
    next: 'va al siguiente chat con mensajes sin leer',
    clear: 'limpia la pantalla',
    status: 'fija tu presencia y su mensaje',
    get: 'descarga el fichero del enlace más reciente, o de uno anterior',
    cancel: 'cancela un fichero; si hay varios, dice antes sus números',
    accept: 'acepta lo que se ofrece aquí',
    refuse: 'rechaza lo que se ofrece aquí',
    mute: 'silencia esta sala, o todo menos las menciones',
    admin: 'todo lo que puedes hacer en esta sala, por menú',
    'room-config': 'muestra el formulario de la sala, o cambia lo que se nombra',
    last: 'muestra los últimos mensajes con sus números',
    around: 'muestra lo que se dijo alrededor de un resultado de /search',
    reply: 'responde a un mensaje; sin número, al más reciente',
    react: 'dice qué te parece un mensaje; sin emoji, lo retira',
    edit: 'cambia tu último mensaje, o el de ese número',
    retract: 'retira tu último mensaje, o el de ese número',
    versions: 'muestra los textos que tuvo antes un mensaje',
    search: 'busca en este chat',
    history: 'todo lo guardado de este chat, en tu paginador ($PAGER)',
    export: 'escribe este chat en un fichero (.jsonl: como líneas JSON)',
    slash: 'envía un mensaje que empieza por una barra',
    exit: 'sale del programa',
  },
  footer: {
    online: 'conectado',
    connecting: 'conectando …',
    offline: 'sin conexión',
    retry: (seconds) => `sin conexión, nuevo intento en ${seconds} s`,
    notEncrypted: 'sin cifrado de extremo a extremo',
    unread: (count) => `${count} sin leer`,
    requests: (count) => n(count, { one: 'solicitud', other: 'solicitudes' }),
  },
};

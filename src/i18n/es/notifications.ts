/** Las líneas NOTIFICACIÓN. */
import type { notifications as en } from '../en/notifications.ts';
import { plurals } from '../plurals.ts';

const n = plurals('es');
const said = (text: string) => (text === '' ? '' : `: ${text}`);
const by = (actor: string) => (actor === '' ? '' : ` (por ${actor})`);
const people = (count: number) => n(count, { one: 'persona', other: 'personas' });

export const notifications: typeof en = {
  word: 'NOTIFICACIÓN',
  online: (who, show, status) => `${who} está en línea${show === '' ? '' : ` (${show})`}${said(status)}`,
  offline: (who, status) => `${who} se ha desconectado${said(status)}`,
  changed: (who, show, status) => `${who} está ahora: ${show}${said(status)}`,
  onlineNow: (who, more) =>
    who.length === 0
      ? 'ninguno de tus contactos está en línea'
      : `en línea ahora: ${who.join(', ')}${more === 0 ? '' : ` y ${more} más`}`,
  message: (who, body) => `mensaje de ${who}: ${body}`,
  privateMessage: (nick, room, body) => `mensaje privado de ${nick} en la sala ${room}: ${body}`,
  roomMessage: (nick, room, body) => `${nick} en la sala ${room}: ${body}`,
  mention: (nick, room, body) => `${nick} te nombra en la sala ${room}: ${body}`,
  reaction: (who, emojis, body) => `${who} ha reaccionado ${emojis} a: ${body}`,
  reactionInRoom: (nick, room, emojis, body) =>
    `${nick} en la sala ${room} ha reaccionado ${emojis} a: ${body}`,
  moderated: (nick, room, reason) =>
    `${nick === '' ? 'un moderador' : nick} ha eliminado tu mensaje en la sala ${room}${said(reason)}`,
  failed: (chat, why) => `el mensaje a ${chat} no se ha entregado: ${why}`,
  occupant: {
    joined: (nick, room) => `${nick} ha entrado en la sala ${room}`,
    left: (nick, room, reason) => `${nick} ha salido de la sala ${room}${said(reason)}`,
    kicked: (nick, room, actor, reason) =>
      `${nick} ha sido echado de la sala ${room}${by(actor)}${said(reason)}`,
    banned: (nick, room, actor, reason) =>
      `${nick} ha sido expulsado para siempre de la sala ${room}${by(actor)}${said(reason)}`,
    removed: (nick, room, why) => `${nick} ha tenido que salir de la sala ${room} (${why})`,
    renamed: (nick, room, newNick) => `${nick} en la sala ${room} se llama ahora ${newNick}`,
    role: (nick, room, role) => `${nick} en la sala ${room} tiene el rol: ${role}`,
    affiliation: (nick, room, affiliation) =>
      `${nick} en la sala ${room} tiene la afiliación: ${affiliation}`,
  },
  self: {
    joined: (room, nick, occupants) =>
      `has entrado en la sala ${room} como ${nick}${occupants > 0 ? `, ${people(occupants)} dentro` : ''}`,
    created: (room, nick) => `has creado la sala ${room} y estás en ella como ${nick}`,
    back: (room, came) =>
      `has vuelto a la sala ${room}; mientras tanto ${people(came)} ${came === 1 ? 'ha' : 'han'} entrado`,
    left: (room) => `has salido de la sala ${room}`,
    kicked: (room, actor, reason) => `te han echado de la sala ${room}${by(actor)}${said(reason)}`,
    banned: (room, actor, reason) =>
      `te han expulsado para siempre de la sala ${room}${by(actor)}${said(reason)}`,
    removed: (room, why) => `has tenido que salir de la sala ${room} (${why})`,
    destroyed: (room, reason, successor) =>
      `la sala ${room} ha sido eliminada${said(reason)}${successor === '' ? '' : `; su gente va a ${successor}`}`,
    shutdown: (room) => `has salido de la sala ${room}: su servicio se apaga`,
    failed: (room, why) => `no se puede entrar en la sala ${room}: ${why}`,
  },
  bursts: {
    joined: (count, room) => `${people(count)} ${count === 1 ? 'ha' : 'han'} entrado en ${room}`,
    left: (count, room) => `${people(count)} ${count === 1 ? 'ha' : 'han'} salido de ${room}`,
    changedInRoom: (count, room) => `${people(count)} ${count === 1 ? 'ha' : 'han'} cambiado en ${room}`,
    online: (count) => `${n(count, { one: 'contacto se ha', other: 'contactos se han' })} conectado`,
    offline: (count) => `${n(count, { one: 'contacto se ha', other: 'contactos se han' })} desconectado`,
    changed: (count) => `${n(count, { one: 'contacto ha', other: 'contactos han' })} cambiado de presencia`,
    messages: (count, chat) => `${n(count, { one: 'mensaje más', other: 'mensajes más' })} en ${chat}`,
    strangers: (count) =>
      `${n(count, { one: 'mensaje más', other: 'mensajes más' })} de personas que no son contactos`,
    requests: (count) => `${n(count, { one: 'solicitud más', other: 'solicitudes más' })} para ti`,
    files: (count) => `${n(count, { one: 'fichero más ha', other: 'ficheros más han' })} cambiado`,
    others: (count) => n(count, { one: 'suceso más', other: 'sucesos más' }),
  },
  request: {
    subscription: (who, nick, text) =>
      `${who}${nick === '' ? '' : ` (se hace llamar «${nick}»)`} quiere añadirte como contacto${said(text)}`,
    invitation: (who, room, text) => `${who} te invita a la sala ${room}${said(text)}`,
    insider: (nick, room, text) => `${nick}, en la sala ${room}, te invita allí${said(text)}`,
    continued: (who, room, text) =>
      `${who} sigue vuestra conversación en la sala ${room} y te invita${said(text)}`,
    continuedElse: (who, room, text) =>
      `${who} sigue una conversación en la sala ${room} y te invita${said(text)}`,
    successor: (old, room) => `la sala ${old} ya no existe; su gente va a ${room}`,
    voice: (who, room) => `${who} pide la palabra en la sala ${room}`,
    membership: (who, room) => `${who} pide ser miembro de la sala ${room}`,
    file: (who, name, size) => `${who} te ofrece el fichero ${name}${size === '' ? '' : ` (${size})`}`,
  },
  subscription: {
    approved: (who) => `${who} te ha aceptado como contacto`,
    declined: (who) => `${who} ha rechazado tu solicitud`,
    removed: (who) => `${who} te ha quitado: ya no veis vuestra presencia`,
  },
  file: {
    received: (name, who, path) => `el fichero ${name} de ${who} está guardado como ${path}`,
    sent: (name, who) => `el fichero ${name} se ha enviado a ${who}`,
    unconfirmed: ' (esta vía no dice si allí se ha guardado)',
    unverified: ' (sin verificar: la suma de comprobación anunciada no llegó, o no se puede calcular aquí)',
    summing: (name) =>
      `el fichero ${name} ha llegado; quien lo envía aún calcula la suma de comprobación, y se espera por ella`,
    otherKind: (claimed, content) => ` (dice ser ${claimed}, su contenido es ${content})`,
    underWay: {
      in: (name, who, far) => `${name} de ${who}: ${far}`,
      out: (name, who, far) => `${name} para ${who}: ${far}`,
    },
    waiting: (name, who) => `el fichero ${name} espera a que ${who} esté en línea`,
    queued: (name, who) => `el fichero ${name} se ha subido; ${who} recibirá el enlace cuando haya conexión`,
    receiveFailed: (name, who, why) => `el fichero ${name} de ${who} ha fallado: ${why}`,
    sendFailed: (name, who, why) => `el fichero ${name} para ${who} ha fallado: ${why}`,
    again: (name, why) => `el fichero ${name} se envía otra vez: ${why}`,
    rerouted: (name, before, why, now) => `fichero ${name}: no se pudo por ${before} (${why}); ahora ${now}`,
    noneAccepted: (name, who) => `se ha rechazado el fichero ${name} de ${who}: accept-files está en none`,
    cancelled: (name, who) => `el fichero ${name} con ${who} se ha cancelado`,
  },
  account: {
    created: (jid) => `se ha creado la cuenta ${jid}`,
    deleted: (jid) => `se ha eliminado la cuenta ${jid}`,
    'password-changed': (jid) => `la contraseña de ${jid} ha cambiado`,
  },
  connection: {
    lost: (why, seconds) =>
      `se ha perdido la conexión${said(why)}${seconds > 0 ? `; nuevo intento en ${seconds} s` : ''}`,
    ended: (why) => `la conexión ha terminado${said(why)}`,
    back: 'la conexión ha vuelto',
  },
  typing: {
    composing: (who) => `${who} está escribiendo`,
    paused: (who) => `${who} ha dejado de escribir`,
    active: (who) => `${who} está mirando el chat`,
    inactive: (who) => `${who} no está mirando el chat`,
    gone: (who) => `${who} ha cerrado el chat`,
  },
  inRoom: (nick, room) => `${nick} en la sala ${room}`,
  subject: (room, nick, subject) =>
    subject === ''
      ? `${nick} ha quitado el asunto de la sala ${room}`
      : nick === ''
        ? `el asunto de la sala ${room} es: ${subject}`
        : `${nick} ha cambiado el asunto de la sala ${room}: ${subject}`,
  invitationDeclined: (who, room, reason) => `${who} no viene a la sala ${room}${said(reason)}`,
  roomNotice: (room, text) => `la sala ${room}: ${text}`,
  problem: (text, hint) => (hint === '' ? text : `${text} ${hint}`),
  encrypted: '[mensaje cifrado]',
};

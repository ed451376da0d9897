/** Lo que dice cada acción al terminar. */
import type { notices as en } from '../en/notices.ts';

export const notices: typeof en = {
  registered: ({ jid }) => `La cuenta ${jid} está registrada.`,
  'message-acknowledged': ({ chat }) => `Mensaje a ${chat}: recibido por el servidor.`,
  'message-queued': ({ chat, reason }) =>
    `Mensaje a ${chat}: guardado, aún sin enviar (${reason}). Se enviará la próxima vez.`,
  'message-sent-room': ({ room }) => `Mensaje a la sala ${room}: ha llegado.`,
  'lines-sent': ({ chat, count }) => `Mensajes a ${chat}: el servidor tiene ${count}.`,
  'lines-queued': ({ chat, count, reason }) =>
    `Mensajes a ${chat}: ${count} guardados, aún sin enviar (${reason}). La próxima ejecución los envía.`,
  'contact-asked': ({ jid }) =>
    `Se ha pedido a ${jid} que sea tu contacto. La respuesta llegará como notificación.`,
  'contact-already': ({ jid }) => `${jid} ya es tu contacto.`,
  'contact-removed': ({ jid }) => `${jid} ya no es un contacto.`,
  approved: ({ jid }) => `${jid} ya puede ver tu presencia.`,
  'approved-in-advance': ({ jid }) => `${jid} aún no lo ha pedido; podrá ver tu presencia en cuanto lo haga.`,
  declined: ({ jid }) => `${jid} no puede ver tu presencia.`,
  'declined-unknown': ({ jid }) =>
    `${jid} no puede ver tu presencia; aquí no se conocía ninguna solicitud suya.`,
  'no-contacts': () => 'Todavía no tienes contactos. --add-contact <jid> se lo pide a alguien.',
  'contacts-kept': () => 'Sin conexión: estos son tus contactos; ahora no se sabe quién de ellos está.',
  'no-users': ({ query }) =>
    query === '' ? 'No se ha encontrado a nadie.' : `No se ha encontrado a nadie con «${query}».`,
  'no-directory': ({ domain }) =>
    `${domain} no tiene directorio de usuarios. Estos son tus contactos y la gente vista en salas.`,
  'directory-needs-text': ({ domain }) =>
    `El directorio de ${domain} no lista a todos: busca en él con un texto (--users <texto>).`,
  'no-rooms': ({ service }) =>
    service === '' ? 'Tu servidor no tiene servicio de salas.' : `No hay salas públicas en ${service}.`,
  'no-rooms-found': ({ query }) => `No se ha encontrado ninguna sala pública con «${query}».`,
  'no-blocked': () => 'No hay nadie bloqueado.',
  'no-devices': () => 'El servidor no dice de ningún dispositivo conectado.',
  'no-history': () => 'Aquí no hay mensajes guardados.',
  'nothing-found': ({ text }) => `Ningún mensaje guardado contiene «${text}».`,
  'no-versions': () => 'No se ha sustituido ningún texto de ese mensaje.',
  exported: ({ count, path }) =>
    path === '' ? `Mensajes: ${count}.` : `Mensajes escritos en ${path}: ${count}.`,
  'message-edited': () => 'El mensaje se ha cambiado.',
  'message-answered': () => 'La respuesta está en camino.',
  'message-reacted': () => 'Tu reacción se ha cambiado.',
  'message-retracted': () => 'El mensaje se ha retirado, si los otros programas lo respetan.',
  'no-requests': () => 'Nadie espera una respuesta.',
  blocked: ({ jid }) => `${jid} está bloqueado.`,
  unblocked: ({ jid }) => `${jid} ya no está bloqueado.`,
  joined: ({ room, nick }) => `Estás en la sala ${room} como ${nick}.`,
  'room-created': ({ room, nick }) => `Se ha creado la sala ${room}; estás en ella como ${nick}.`,
  left: ({ room }) => `Has salido de la sala ${room}.`,
  'file-sent': ({ name, peer, size, sha256, seconds, unconfirmed }) =>
    `${name} (${size}) se ha enviado a ${peer} en ${seconds}.${sha256 === '' ? '' : ` SHA-256 ${sha256}`}${
      unconfirmed === '' ? '' : `\nEsta vía (${unconfirmed}) no dice si allí se ha guardado.`
    }`,
  'file-waiting': ({ name, peer }) =>
    `${name} espera a que ${peer} esté en línea: lo enviarán entonces los menús o --listen, si no ha cambiado.`,
  'file-cancelled': ({ name }) => `${name}: cancelado.`,
  'no-waiting-files': () => 'Ningún fichero espera a nadie.',
  'file-queued': ({ name, peer, reason }) =>
    `${name} se ha subido. El enlace para ${peer}: guardado, aún sin enviar (${reason}). Se enviará la próxima vez.`,
  'file-received': ({ name, path, size, sha256, seconds, claimed, mime }) =>
    `${name} (${size}) se ha guardado como ${path} en ${seconds}. SHA-256 ${sha256}${
      claimed === '' ? '' : `\nDice ser ${claimed}, su contenido es ${mime}.`
    }`,
  'presence-set': ({ show, status }) => `Presencia: ${show}${status === '' ? '' : ` (${status})`}.`,
  'presence-saved': ({ show, status }) =>
    `Presencia para la próxima sesión: ${show}${status === '' ? '' : ` (${status})`}.`,
  'password-changed': ({ jid }) => `La contraseña de ${jid} ha cambiado.`,
  'account-deleted': ({ jid, wiped }) =>
    wiped === '0'
      ? `La cuenta ${jid} se ha eliminado del servidor.`
      : `La cuenta ${jid} se ha eliminado del servidor, y sus datos de este ordenador.`,
  wiped: ({ jid }) =>
    `Los datos de ${jid} en este ordenador están borrados. Su cuenta y su archivo en el servidor siguen, y los ficheros recibidos también.`,
  'all-wiped': () =>
    'Los datos de todas las cuentas en este ordenador están borrados. Lo que guardan los servidores sigue, y los ficheros recibidos también.',
  'no-settings': () => 'No hay ajustes.',
  'setting-saved': ({ name, value }) => `${name} = ${value}`,
  invited: ({ jid, room }) => `Se ha invitado a ${jid} a la sala ${room}.`,
  conference: ({ room, invited, failed, sent }) =>
    [
      `La conversación sigue en la sala ${room}.${invited === '' ? '' : ` Invitados: ${invited}.`}`,
      sent === '0' ? '' : `Mensajes enviados allí: ${sent}.`,
      failed === ''
        ? ''
        : `No se ha podido invitar (no existe ese usuario, o su servidor no admite la invitación) a: ${failed}.`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  kicked: ({ nick, room }) => `Has echado a ${nick} de la sala ${room}.`,
  banned: ({ who, room }) => `${who} queda expulsado de la sala ${room}.`,
  unbanned: ({ who, room }) => `${who} ya no está expulsado de la sala ${room}.`,
  'role-set': ({ nick, role, room }) => `${nick} tiene el papel ${role} en la sala ${room}.`,
  'affiliation-set': ({ who, affiliation, room }) =>
    `${who} tiene la afiliación ${affiliation} en la sala ${room}.`,
  'no-affiliations': ({ room }) => `No hay nadie en esa lista de la sala ${room}.`,
  'no-fields': ({ room }) => `La sala ${room} no ofrece nada que configurar.`,
  'profile-saved': () => 'Tu perfil se ha guardado; lo puede leer cualquiera.',
  'room-configured': ({ room }) => `La sala ${room} está configurada.`,
  destroyed: ({ room }) => `La sala ${room} ha sido eliminada.`,
  'nick-registered': ({ nick, room }) =>
    `La sala ${room} te reserva el apodo ${nick}, o lo pide a sus administradores.`,
  'voice-asked': ({ room }) => `Has pedido la palabra a los moderadores de la sala ${room}.`,
  moderated: () => 'El mensaje se ha retirado para todos.',
  'request-accepted': () => 'Aceptado.',
  'request-refused': () => 'Rechazado.',
  'subject-set': ({ room }) => `El asunto de la sala ${room} ha cambiado.`,
  'nick-set': ({ nick }) => `Ahora te llamas ${nick} en esta sala.`,
  checked: ({ domain }) => `Todo está bien con ${domain}.`,
  'checked-warned': ({ domain, count }) => `${domain} se puede usar; avisos: ${count}.`,
  reconnecting: ({ jid }) => `Conectando ${jid} ahora.`,
  connected: ({ jid }) => `${jid} está conectado.`,
  'logged-out': ({ jid }) => `Sesión de ${jid} cerrada.`,
};

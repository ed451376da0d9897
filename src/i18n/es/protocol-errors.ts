/** Condiciones de conexiones, flujos, SASL y stanzas (RFC 6120 §4.9.3, §6.5, §8.3.3), y de lo que rechazamos. */
import type { errorsOfProtocol as en } from '../en/protocol-errors.ts';

const tryLater = 'Inténtalo más tarde.';
const askAdmin = 'Pregunta a quien administra el servidor.';
const notUnderstood = { why: 'servidor y programa no se han entendido', hint: tryLater };
const listening = 'Alguien podría estar en medio. Pregunta a quien administra el servidor.';

const connection: typeof en.connection = {
  'dns-not-found': {
    why: 'no existe el servidor {domain}',
    hint: 'Comprueba el nombre, o indica --service.',
  },
  'dns-failed': {
    why: 'no se puede averiguar la dirección de {domain}',
    hint: 'Comprueba la conexión de red, o indica --service.',
  },
  refused: {
    why: 'allí no responde ningún servidor XMPP',
    hint: 'Comprueba que el servidor funciona y su puerto está abierto, o indica --service.',
  },
  unreachable: { why: 'no hay acceso a la red', hint: 'Comprueba la conexión de red.' },
  timeout: {
    why: 'no ha respondido a tiempo',
    hint: 'Comprueba la red, o da más tiempo con --timeout.',
  },
  closed: { why: 'el servidor ha cerrado la conexión', hint: tryLater },
  'no-tls': {
    why: 'el servidor no ofrece cifrado; la contraseña no se ha enviado',
    hint: 'Usa un servidor con TLS.',
  },
  'tls-failed': {
    why: 'no se ha podido establecer una conexión cifrada',
    hint: 'Comprueba --service, o inténtalo más tarde.',
  },
  'certificate-untrusted': {
    why: 'el certificado del servidor no está firmado por nadie de confianza aquí',
    hint: 'Si conoces a su autoridad, indícala con --ca <fichero>.',
  },
  'certificate-expired': { why: 'el certificado del servidor ha caducado', hint: askAdmin },
  'certificate-not-yet-valid': {
    why: 'el certificado del servidor todavía no es válido',
    hint: 'Comprueba el reloj de este ordenador.',
  },
  'certificate-wrong-host': {
    why: 'el certificado del servidor es para otro nombre, no para {domain}',
    hint: 'Alguien podría estar en medio. Comprueba el JID y --service.',
  },
  policy: {
    why: 'el servidor ha respondido de una forma inaceptable',
    hint: 'Comprueba el JID y --service.',
  },
};

const auth: typeof en.auth = {
  'not-authorized': {
    why: 'usuario o contraseña incorrectos',
    hint: 'Comprueba los dos; --register crea una cuenta nueva.',
  },
  'account-disabled': { why: 'la cuenta está desactivada', hint: askAdmin },
  'credentials-expired': { why: 'la contraseña ha caducado', hint: askAdmin },
  'temporary-auth-failure': {
    why: 'el servidor no puede comprobar contraseñas ahora mismo',
    hint: tryLater,
  },
  'encryption-required': { why: 'el servidor quiere cifrado antes', hint: askAdmin },
  'mechanism-too-weak': {
    why: 'el servidor quiere una forma más segura de iniciar sesión',
    hint: askAdmin,
  },
  'invalid-mechanism': { why: 'el servidor rechaza esta forma de iniciar sesión', hint: askAdmin },
  'invalid-authzid': {
    why: 'el servidor no deja iniciar sesión en nombre de otro',
    hint: 'Comprueba el JID.',
  },
  'incorrect-encoding': { why: 'el servidor no ha entendido el inicio de sesión', hint: tryLater },
  'malformed-request': { why: 'el servidor no ha entendido el inicio de sesión', hint: tryLater },
  aborted: { why: 'el inicio de sesión se ha interrumpido', hint: 'Inténtalo otra vez.' },
  'no-mechanism': {
    why: 'el servidor no ofrece ninguna forma de iniciar sesión lo bastante segura',
    hint: askAdmin,
  },
  downgrade: {
    why: 'el servidor solo ofrece formas de iniciar sesión más débiles que antes; la contraseña no se ha enviado',
    hint: listening,
  },
  'malformed-challenge': {
    why: 'el servidor ha respondido mal al inicio de sesión; la contraseña no se ha enviado',
    hint: listening,
  },
  'server-not-verified': {
    why: 'el servidor no ha podido demostrar que conoce la contraseña',
    hint: listening,
  },
  'wrong-account': { why: 'el servidor ha abierto otra cuenta distinta de la pedida', hint: askAdmin },
};

const stream: typeof en.stream = {
  conflict: {
    why: 'otro programa ha entrado con el mismo recurso',
    hint: 'Termina el otro, o da a este su propio --resource.',
  },
  'connection-timeout': {
    why: 'el servidor lleva demasiado tiempo sin recibir nada',
    hint: 'Comprueba la red.',
  },
  'host-gone': { why: 'el servidor ya no atiende {domain}', hint: 'Comprueba el JID.' },
  'host-unknown': { why: 'el servidor no conoce {domain}', hint: 'Comprueba el JID y --service.' },
  'internal-server-error': { why: 'el servidor tiene un fallo', hint: tryLater },
  'not-authorized': {
    why: 'el servidor ya no acepta el inicio de sesión',
    hint: 'Inicia sesión otra vez; quizá ha cambiado la contraseña.',
  },
  'policy-violation': { why: 'las normas del servidor no lo permiten', hint: askAdmin },
  'remote-connection-failed': { why: 'el servidor no alcanza algo que necesita', hint: tryLater },
  reset: { why: 'el servidor quiere que la sesión empiece de nuevo', hint: 'Inicia sesión otra vez.' },
  'resource-constraint': { why: 'el servidor está sobrecargado', hint: tryLater },
  'see-other-host': { why: 'el servidor quiere que uses otro', hint: 'Indícalo con --service.' },
  'stanza-too-large': {
    why: 'la conexión terminó por un bloque grande de un fichero; de ahora en adelante son pequeños',
    hint: 'Envía el fichero otra vez.',
  },
  'system-shutdown': { why: 'el servidor se está apagando', hint: tryLater },
  'bad-format': notUnderstood,
  'bad-namespace-prefix': notUnderstood,
  'improper-addressing': notUnderstood,
  'invalid-from': { why: 'el servidor rechaza el remitente', hint: 'Comprueba el JID.' },
  'invalid-namespace': { why: 'no es un servidor XMPP para clientes', hint: 'Comprueba --service.' },
  'invalid-xml': { why: 'lo que ha enviado el servidor no es válido', hint: tryLater },
  'not-well-formed': { why: 'lo que ha enviado el servidor no es válido', hint: tryLater },
  'sent-too-much': { why: 'el servidor ha enviado de una vez más de lo que se lee', hint: tryLater },
  'restricted-xml': { why: 'el servidor ha enviado algo que XMPP prohíbe', hint: askAdmin },
  'unsupported-encoding': notUnderstood,
  'unsupported-feature': { why: 'el servidor necesita algo que este programa no tiene', hint: askAdmin },
  'unsupported-stanza-type': notUnderstood,
  'unsupported-version': { why: 'el servidor es demasiado antiguo o demasiado nuevo', hint: askAdmin },
  'undefined-condition': { why: 'el servidor ha terminado la conexión', hint: tryLater },
};

const stanza: typeof en.stanza = {
  'bad-request': { why: 'el servidor no ha entendido la petición', hint: '' },
  conflict: { why: 'ya está ocupado', hint: 'Elige otro.' },
  'feature-not-implemented': { why: 'la otra parte no sabe hacerlo', hint: '' },
  forbidden: { why: 'no tienes permiso', hint: '' },
  gone: { why: 'ya no existe', hint: '' },
  'internal-server-error': { why: 'el servidor tiene un fallo', hint: tryLater },
  'item-not-found': { why: 'no existe en el servidor', hint: 'Comprueba el nombre.' },
  'jid-malformed': { why: 'el servidor dice que no es un JID', hint: 'Comprueba cómo está escrito.' },
  'not-acceptable': { why: 'el servidor no acepta lo que se ha dado', hint: '' },
  'not-allowed': { why: 'allí nadie tiene permiso para hacerlo', hint: '' },
  'not-authorized': { why: 'hace falta una contraseña o un permiso que no has dado', hint: '' },
  'policy-violation': { why: 'las normas del servidor no lo permiten', hint: '' },
  'recipient-unavailable': { why: 'el destinatario no está en línea', hint: tryLater },
  redirect: { why: 'se ha trasladado a otro sitio', hint: '' },
  'registration-required': { why: 'hace falta registrarse', hint: '' },
  'remote-server-not-found': { why: 'no existe ese servidor', hint: 'Comprueba lo que va detrás de la @.' },
  captcha: {
    why: 'la sala quiere saber antes si entra una persona (CAPTCHA)',
    hint: 'Entra con el menú 6, que muestra lo que pregunta.',
  },
  'captcha-failed': {
    why: 'no era la respuesta correcta, o llegó tarde',
    hint: 'Entra otra vez para volver a intentarlo.',
  },
  'captcha-needs-answers': { why: 'hay que responder a más preguntas: {count}', hint: '' },
  'room-search-needs-text': {
    why: 'el servicio de búsqueda no lista todas las salas',
    hint: 'Busca una palabra: --rooms <palabra>.',
  },
  'room-search-bad-text': {
    why: 'el servicio de búsqueda no puede buscar eso',
    hint: 'Prueba con una palabra más larga, o con otra.',
  },
  'room-search-too-often': {
    why: 'se ha preguntado demasiadas veces al servicio de búsqueda',
    hint: 'Vuelve a intentarlo dentro de unos minutos.',
  },
  'directory-own-fields': {
    why: 'el directorio de usuarios tiene campos propios y no se puede buscar en él por un texto',
    hint: 'Rellénalos: menú 16, o --users --set nombre=valor.',
  },
  'slot-unusable': {
    why: 'el servicio de subida no ha dado ningún sitio seguro al que enviar un archivo',
    hint: 'Pregunta al administrador del servidor.',
  },
  'slow-mode': {
    why: 'la sala admite un mensaje de cada persona cada cierto tiempo',
    hint: 'Saldrá en cuanto se pueda.',
  },
  'remote-server-timeout': {
    why: 'no ha respondido a tiempo',
    hint: 'Inténtalo más tarde, o da más tiempo con --timeout.',
  },
  'resource-constraint': {
    why: 'el servidor está demasiado ocupado, o se ha alcanzado un límite',
    hint: tryLater,
  },
  'service-unavailable': { why: 'allí nadie lo recibe', hint: 'Comprueba la dirección.' },
  'subscription-required': {
    why: 'antes tenéis que ser contactos el uno del otro',
    hint: '--add-contact lo pide.',
  },
  'undefined-condition': { why: 'se ha rechazado sin decir por qué', hint: '' },
  'unexpected-request': { why: 'no se esperaba en este momento', hint: 'Inténtalo otra vez.' },
  disconnected: { why: 'se ha perdido la conexión antes de la respuesta', hint: 'Inténtalo otra vez.' },
  cancelled: { why: 'cancelado', hint: '' },
  'peer-closed': { why: 'la otra parte ha cerrado la transferencia', hint: 'Inténtalo otra vez.' },
  'no-valid-streams': { why: 'la otra parte no conoce ninguna vía común para enviar ficheros', hint: '' },
};

const join: typeof en.join = {
  'not-authorized': { why: 'la sala pide una contraseña', hint: 'Indícala con --room-password.' },
  forbidden: { why: 'te han expulsado de ella', hint: '' },
  conflict: { why: 'el apodo ya está en uso', hint: 'Elige otro con --nick.' },
  'registration-required': {
    why: 'solo pueden entrar miembros',
    hint: 'Pide a quien la dirige que te haga miembro.',
  },
  'item-not-found': {
    why: 'la sala está cerrada o no existe',
    hint: 'Comprueba su nombre. En una sala que se está creando se puede entrar unos minutos después.',
  },
  'not-allowed': {
    why: 'allí no puedes crear salas',
    hint: 'Comprueba su nombre; --rooms muestra las que hay.',
  },
  'not-acceptable': { why: 'la sala quiere tu apodo registrado', hint: 'Indícalo con --nick.' },
  'service-unavailable': { why: 'la sala está llena, o su servicio no está', hint: tryLater },
  'jid-malformed': { why: 'ese apodo no es posible', hint: 'Elige otro con --nick.' },
  'remote-server-not-found': {
    why: 'no existe ese servicio de salas',
    hint: 'Comprueba lo que va detrás de la @.',
  },
  gone: { why: 'la sala ya no existe', hint: '' },
};

const register: typeof en.register = {
  conflict: { why: 'el nombre de usuario ya está ocupado', hint: 'Elige otro.' },
  'not-acceptable': {
    why: 'el servidor no acepta el nombre de usuario o la contraseña',
    hint: 'Prueba con una contraseña más larga, o con otro nombre de usuario.',
  },
  'not-allowed': { why: 'este servidor no permite registrarse', hint: 'Elige otro servidor.' },
  forbidden: { why: 'este servidor no permite registrarse', hint: 'Elige otro servidor.' },
  'service-unavailable': {
    why: 'este servidor no permite registrarse desde un programa',
    hint: 'Busca un formulario en su página web.',
  },
  'feature-not-implemented': {
    why: 'este servidor no permite registrarse desde un programa',
    hint: 'Busca un formulario en su página web.',
  },
  'resource-constraint': {
    why: 'ha habido demasiados registros desde aquí',
    hint: 'Espera e inténtalo otra vez.',
  },
  'policy-violation': {
    why: 'las normas del servidor no lo permiten',
    hint: 'Prueba con otra contraseña u otro nombre de usuario.',
  },
  'not-authorized': { why: 'el servidor pide más que un usuario y una contraseña', hint: askAdmin },
  'jid-malformed': { why: 'ese nombre de usuario no es posible', hint: 'Elige otro.' },
};

const send: typeof en.send = {
  'service-unavailable': {
    why: 'no existe ese usuario, o no recibe mensajes',
    hint: 'Comprueba el JID.',
  },
  'item-not-found': { why: 'no existe ese usuario', hint: 'Comprueba el JID.' },
  'recipient-unavailable': { why: 'el destinatario no está', hint: tryLater },
  forbidden: { why: 'no tienes permiso para escribirle', hint: '' },
  'not-acceptable': { why: 'se ha rechazado; quizá uno de los dos ha bloqueado al otro', hint: '' },
  'policy-violation': { why: 'el servidor rechaza el mensaje por sus normas', hint: '' },
};

const roomMessage: (typeof en)['room-message'] = {
  forbidden: {
    why: 'los visitantes no pueden hablar en esta sala',
    hint: 'Pide voz a un moderador (/voice).',
  },
  'not-acceptable': { why: 'ya no estás en la sala', hint: 'Entra otra vez (/join) y repítelo.' },
  'not-allowed': { why: 'la sala no te deja hablar', hint: 'Pregunta a un moderador (/who los muestra).' },
  'not-authorized': { why: 'la sala no te deja hablar', hint: 'Pregunta a un moderador (/who los muestra).' },
  'registration-required': {
    why: 'en esta sala solo pueden hablar miembros',
    hint: 'Pregunta a quien la dirige.',
  },
  'item-not-found': { why: 'la sala ya no existe', hint: 'Busca otra (/rooms).' },
  gone: { why: 'la sala ya no existe', hint: 'Busca otra (/rooms).' },
  redirect: { why: 'la sala se ha mudado', hint: '' },
  'service-unavailable': {
    why: 'la sala no acepta mensajes, o ya no está',
    hint: 'Entra otra vez (/join).',
  },
  'policy-violation': {
    why: 'la sala lo rechaza por sus normas: demasiado rápido, demasiado largo, o no deseado allí',
    hint: 'Espera un poco, o escríbelo de otra manera.',
  },
  'resource-constraint': { why: 'la sala no da abasto con los mensajes', hint: tryLater },
  'recipient-unavailable': { why: 'no se llega a la sala', hint: tryLater },
  'remote-server-not-found': { why: 'no se llega al servicio de salas', hint: tryLater },
  'remote-server-timeout': { why: 'el servicio de salas no responde', hint: tryLater },
  'bad-request': { why: 'la sala no ha podido leerlo', hint: '' },
  'feature-not-implemented': { why: 'la sala no sabe hacer eso', hint: '' },
};

const privateMessage: (typeof en)['private-message'] = {
  'item-not-found': { why: 'ya no hay nadie con ese nombre en la sala', hint: '/who dice quién está.' },
  'recipient-unavailable': {
    why: 'ya no hay nadie con ese nombre en la sala',
    hint: '/who dice quién está.',
  },
  'not-acceptable': { why: 'ya no estás en la sala', hint: 'Entra otra vez (/join) y repítelo.' },
  forbidden: {
    why: 'la sala no te permite mensajes privados',
    hint: 'Pregunta a un moderador (/who los muestra).',
  },
  'not-allowed': { why: 'la sala no permite mensajes privados', hint: 'Dilo en la sala.' },
  'service-unavailable': {
    why: 'no acepta mensajes privados, o la sala ya no está',
    hint: 'Dilo en la sala.',
  },
  'policy-violation': roomMessage['policy-violation'],
  'remote-server-not-found': roomMessage['remote-server-not-found'],
  'remote-server-timeout': roomMessage['remote-server-timeout'],
};

const sendRoom = {
  forbidden: { why: 'los visitantes no pueden hablar en esta sala', hint: 'Pide voz a un moderador.' },
  'not-acceptable': { why: 'no estás en la sala', hint: 'Entra primero.' },
};

const sendFile: (typeof en)['send-file'] = {
  forbidden: { why: 'la otra parte lo ha rechazado', hint: '' },
  'not-acceptable': { why: 'la otra parte lo ha rechazado', hint: '' },
  'service-unavailable': {
    why: 'la otra parte no está en línea, o no acepta ficheros',
    hint: 'Para enviar ficheros, la otra parte tiene que estar conectada.',
  },
  'recipient-unavailable': { why: 'la otra parte no está en línea', hint: tryLater },
  'item-not-found': { why: 'la otra parte ya no conoce esta transferencia', hint: 'Inténtalo otra vez.' },
  'feature-not-implemented': { why: 'el programa de la otra parte no acepta ficheros', hint: '' },
};

const directory: typeof en.users = {
  'service-unavailable': { why: 'no hay directorio', hint: '' },
};

const unknownUser = { why: 'no existe ese usuario, o no dice nada de sí', hint: 'Comprueba el JID.' };
const user: typeof en.user = { 'item-not-found': unknownUser, 'service-unavailable': unknownUser };

const noProfiles = { why: 'tu servidor no guarda perfiles', hint: '' };
const fixedProfile = { why: 'tu servidor no te deja cambiar tu perfil', hint: askAdmin };
const wrongProfile = { why: 'tu servidor no acepta este perfil', hint: 'Escribe menos, o de otra manera.' };
const profile: typeof en.profile = {
  'service-unavailable': noProfiles,
  'feature-not-implemented': noProfiles,
  forbidden: fixedProfile,
  'not-allowed': fixedProfile,
  'bad-request': wrongProfile,
  'not-acceptable': wrongProfile,
  'policy-violation': wrongProfile,
  'resource-constraint': wrongProfile,
};

const changePassword: (typeof en)['change-password'] = {
  'not-authorized': {
    why: 'el servidor quiere que antes inicies sesión de nuevo',
    hint: 'Inicia sesión otra vez e inténtalo.',
  },
  'not-allowed': { why: 'el servidor no permite cambiar la contraseña', hint: askAdmin },
  'bad-request': { why: 'el servidor no acepta esta contraseña', hint: 'Elige otra.' },
  'not-acceptable': { why: 'el servidor no acepta esta contraseña', hint: 'Elige una más larga.' },
};

const deleteAccount: (typeof en)['delete-account'] = {
  'not-allowed': { why: 'el servidor no permite eliminar la cuenta', hint: askAdmin },
  forbidden: { why: 'el servidor no permite eliminar la cuenta', hint: askAdmin },
};

/** XEP-0045 §8–§10: lo que una sala no deja hacerle a alguien, o con ella misma. */
const office = {
  forbidden: { why: 'tu posición en la sala no lo permite', hint: '/who muestra la posición de cada uno.' },
  'not-allowed': {
    why: 'la sala no te lo permite: tu posición es demasiado baja, o la suya tan alta como la tuya',
    hint: '',
  },
  conflict: { why: 'la sala se quedaría sin propietario', hint: 'Haz antes propietario a otro.' },
  'item-not-found': { why: 'no hay nadie con ese nombre en la sala', hint: '/who dice quién está.' },
};
const form = {
  forbidden: { why: 'solo los propietarios pueden hacerlo', hint: '' },
  'not-allowed': { why: 'solo los propietarios pueden hacerlo', hint: '' },
  'not-acceptable': { why: 'la sala no admite estos ajustes juntos', hint: 'Cámbialos y envíalos otra vez.' },
};
const subject = {
  forbidden: { why: 'en esta sala solo los moderadores pueden hacerlo', hint: '' },
};

export const errorsOfProtocol: typeof en = {
  connection,
  auth,
  stream,
  stanza,
  join,
  register,
  send,
  'send-lines': send,
  'send-room': { ...roomMessage, ...join, ...sendRoom },
  'room-message': roomMessage,
  'private-message': privateMessage,
  'send-file': sendFile,
  user,
  users: directory,
  profile,
  'change-password': changePassword,
  'delete-account': deleteAccount,
  kick: office,
  ban: office,
  unban: office,
  role: office,
  affiliation: office,
  affiliations: { forbidden: office.forbidden, 'not-allowed': office.forbidden },
  'room-config': form,
  destroy: form,
  subject,
};

/** Por qué ha fallado algo y qué probar. */
import type { errors as en } from '../en/errors.ts';
import { errorsOfProtocol } from './protocol-errors.ts';

const what: typeof en.what = {
  login: 'no se puede iniciar sesión como {account}',
  connect: 'no se puede conectar con {domain}',
  storage: 'no se pueden usar los datos locales',
  config: 'la configuración no se puede usar',
  usage: 'uso incorrecto',
  internal: 'ha pasado algo inesperado',
  register: 'no se puede registrar {jid}',
  send: 'no se puede enviar a {jid}',
  'send-room': 'no se puede enviar a la sala {room}',
  'send-file': 'no se puede enviar {path}',
  contacts: 'no se puede mostrar la lista de contactos',
  users: 'no se puede buscar en el directorio',
  user: 'no se puede averiguar nada de {jid}',
  'add-contact': 'no se puede añadir a {jid}',
  'remove-contact': 'no se puede quitar a {jid}',
  approve: 'no se puede aceptar a {jid}',
  decline: 'no se puede rechazar a {jid}',
  rooms: 'no se puede mostrar la lista de salas',
  join: 'no se puede entrar en la sala {room}',
  leave: 'no se puede salir de la sala {room}',
  subject: 'no se puede cambiar el asunto',
  nick: 'no se puede cambiar el apodo',
  invite: 'no se puede invitar a {jid}',
  requests: 'no se puede mostrar lo que espera respuesta',
  accept: 'no se puede aceptar',
  refuse: 'no se puede rechazar',
  status: 'no se puede cambiar la presencia',
  history: 'no se puede mostrar el historial',
  'change-password': 'no se puede cambiar la contraseña',
  'delete-account': 'no se puede eliminar la cuenta',
  block: 'no se puede bloquear a {jid}',
  unblock: 'no se puede desbloquear a {jid}',
  blocked: 'no se puede mostrar la lista de bloqueados',
  setting: 'no se puede cambiar el ajuste',
  logout: 'no se puede cerrar la sesión',
  listen: 'no se puede escuchar',
  demo: 'no se puede ejecutar la demostración',
};

const chat: typeof en.groups.chat = {
  'nothing-to-configure': { why: 'la sala no ofrece nada que configurar', hint: '' },
  'registration-closed': { why: 'este servidor no permite registrarse', hint: 'Elige otro servidor.' },
  'registration-elsewhere': { why: 'este servidor registra las cuentas en la web', hint: 'Mira allí: {url}' },
  'no-such-setting': { why: 'no existe el ajuste {name}', hint: '' },
  'wrong-value': { why: '{name} no puede ser {value}', hint: 'Valores posibles: {choices}.' },
  'bad-setting': { why: '{name} no puede ser {value}', hint: 'Valores posibles: {values}.' },
  'message-gone': { why: 'el mensaje ya no se conserva', hint: '' },
  'no-certificates': { why: '{path} no contiene ningún certificado (PEM)', hint: 'Indica otro con --ca.' },
  'unreadable-file': { why: '{path} no se puede leer', hint: 'Comprueba la ruta y sus permisos.' },
  'no-jid': { why: '«{text}» no es un JID', hint: 'Tiene la forma nombre@servidor.' },
  'no-transfer': { why: 'aquí no se está transfiriendo ningún fichero', hint: '' },
  'own-jid': { why: '{jid} eres tú', hint: '' },
  'server-not-started': { why: '{message}', hint: 'Inténtalo otra vez.' },
  'program-missing': { why: '{program} no está instalado', hint: 'Ejecuta: {install}' },
  'no-such-request': { why: 'nadie espera respuesta a eso', hint: 'Quizá ya se ha respondido.' },
  'no-room-service': {
    why: 'tu servidor no tiene servicio de salas',
    hint: 'Da el JID completo de la sala: sala@servicio.',
  },
  'no-such-contact': { why: '{jid} no es un contacto', hint: '--contacts los muestra.' },
  'not-in-room': { why: 'no estás en la sala {room}', hint: 'Entra primero.' },
  'not-joined': { why: 'no estás en la sala {room}', hint: 'Entra primero.' },
  offline: { why: 'no hay conexión', hint: 'Inténtalo cuando vuelva.' },
  'not-online': { why: 'no hay conexión', hint: 'Inténtalo cuando vuelva.' },
  disconnected: { why: 'se ha perdido la conexión antes de la respuesta', hint: 'Inténtalo otra vez.' },
  'empty-message': { why: 'no hay texto que enviar', hint: '' },
  'too-long': { why: 'el texto es demasiado largo', hint: 'Envíalo como fichero, o por partes.' },
  'message-too-long': { why: 'el texto es demasiado largo', hint: 'Envíalo como fichero, o por partes.' },
  'no-account': { why: 'falta la cuenta', hint: 'Indícala con -j <jid>, o con XMPP_JID.' },
  cancelled: { why: 'cancelado', hint: '' },
  interrupted: { why: 'interrumpido', hint: '' },
  declined: { why: 'la otra parte lo ha rechazado', hint: '' },
  'file-not-found': { why: 'no existe el fichero {path}', hint: 'Comprueba la ruta.' },
  'file-unreadable': { why: '{path} no se puede leer', hint: 'Comprueba sus permisos.' },
  'not-a-file': { why: '{path} no es un fichero', hint: 'Empaqueta antes la carpeta, por ejemplo con tar.' },
  'file-changed': { why: '{path} ha cambiado durante el envío', hint: 'Inténtalo otra vez.' },
  'file-too-large': { why: 'el fichero es demasiado grande para esta vía', hint: 'Envíalo por partes.' },
  'file-incomplete': { why: 'el fichero ha llegado incompleto', hint: 'Pídelo otra vez.' },
  'file-corrupt': { why: 'el fichero ha llegado dañado', hint: 'Pídelo otra vez.' },
  'hash-mismatch': { why: 'el fichero ha llegado dañado', hint: 'Pídelo otra vez.' },
  'folder-unwritable': {
    why: 'no se puede escribir en la carpeta {path}',
    hint: 'Elige otra con --files-dir.',
  },
  'folder-full': {
    why: 'no queda espacio para los ficheros recibidos',
    hint: 'Libera espacio, o elige otra carpeta con --files-dir.',
  },
  'no-route': {
    why: '{jid} no puede recibir ficheros de ninguna forma que conozca este programa',
    hint: 'La otra parte tiene que estar conectada con un cliente que acepte ficheros.',
  },
  'peer-offline': {
    why: '{jid} no está en línea',
    hint: 'Para enviar ficheros, la otra parte tiene que estar conectada.',
  },
  'peer-closed': { why: 'la otra parte ha cerrado la transferencia', hint: 'Inténtalo otra vez.' },
  'no-valid-streams': { why: 'la otra parte no conoce ninguna vía común para enviar ficheros', hint: '' },
};

const storage: typeof en.groups.storage = {
  'read-only': { why: 'no se puede escribir en {path}', hint: 'Comprueba sus permisos, o usa --data-dir.' },
  corrupt: {
    why: '{path} está dañado o no es una base de datos',
    hint: 'Apártalo; el servidor conserva lo que haya en su archivo.',
  },
  foreign: { why: '{path} es de otro programa', hint: 'Elige otra carpeta con --data-dir.' },
  newer: { why: '{path} es de una versión más nueva de este programa', hint: 'Actualiza este programa.' },
  locked: { why: 'otro proceso está usando {path}', hint: 'Termina el otro, o espera.' },
  full: { why: 'no queda espacio para {path}', hint: 'Libera espacio e inténtalo otra vez.' },
  unsafe: {
    why: '{path} está donde otros podrían leerlo o cambiarlo',
    hint: 'Usa una carpeta tuya con --data-dir.',
  },
  unavailable: {
    why: '{path} no se puede abrir',
    hint: 'Comprueba que la carpeta existe, o usa --data-dir.',
  },
  'too-many-files': {
    why: 'hay demasiados ficheros abiertos',
    hint: 'Cierra otros programas, o aumenta el límite.',
  },
  closed: { why: 'los datos locales ya están cerrados', hint: '' },
  failed: { why: '{path} ha fallado', hint: 'Comprueba el disco.' },
};

const config: typeof en.groups.config = {
  syntax: { why: '{path} no es válido: {text}', hint: 'Corrígelo o quítalo.' },
  'not-json': { why: '{path} no es JSON válido', hint: 'Corrígelo o quítalo.' },
  unreadable: { why: '{path} no se puede leer', hint: 'Comprueba sus permisos.' },
  'unknown-key': { why: '{path} tiene una clave desconocida, {name}', hint: 'Quítala.' },
  'wrong-value': { why: '{name} no puede ser {value}', hint: 'Mira en --help qué valores admite.' },
  'wrong-type': {
    why: '{name} tiene un valor de tipo equivocado',
    hint: 'Mira en --help qué valores admite.',
  },
};

const files: typeof en.groups.files = {
  ENOENT: { why: 'no existe {path}', hint: 'Comprueba la ruta.' },
  EACCES: { why: 'no está permitido abrir {path}', hint: 'Comprueba sus permisos.' },
  EPERM: { why: 'no está permitido cambiar {path}', hint: 'Comprueba sus permisos.' },
  EISDIR: { why: '{path} es una carpeta', hint: 'Indica un fichero.' },
  ENOTDIR: { why: '{path} no es una carpeta', hint: 'Comprueba la ruta.' },
  EEXIST: { why: '{path} ya existe', hint: '' },
  ELOOP: { why: '{path} es un enlace que no lleva a ninguna parte', hint: 'Comprueba la ruta.' },
  ENAMETOOLONG: { why: 'el nombre {path} es demasiado largo', hint: 'Usa uno más corto.' },
  ENOSPC: { why: 'no queda espacio en el disco', hint: 'Libera espacio e inténtalo otra vez.' },
  EDQUOT: { why: 'tu cuota de disco está agotada', hint: 'Libera espacio e inténtalo otra vez.' },
  EROFS: { why: '{path} está en un disco de solo lectura', hint: 'Elige otra carpeta.' },
  EMFILE: { why: 'hay demasiados ficheros abiertos', hint: 'Cierra otros programas, o aumenta el límite.' },
  ENFILE: { why: 'hay demasiados ficheros abiertos', hint: 'Cierra otros programas, o aumenta el límite.' },
  EIO: { why: 'el disco ha fallado', hint: 'Comprueba el disco.' },
  EPIPE: { why: 'ya nadie lee la salida', hint: '' },
};

const usage: typeof en.groups.usage = {
  'unknown-option': { why: 'no existe la opción {option}', hint: '{suggestion}Mira --help.' },
  'missing-value': { why: '{option} necesita un valor', hint: 'Mira --help.' },
  'unexpected-value': { why: '{option} no lleva valor', hint: 'Mira --help.' },
  'stray-words': {
    why: '«{words}» no corresponde a nada',
    hint: 'Pon los textos de varias palabras detrás de su opción, o entre comillas.',
  },
  'two-actions': {
    why: '{first} y {second} no se pueden usar a la vez',
    hint: 'Ejecuta uno después del otro.',
  },
  'given-twice': { why: '{option} aparece dos veces', hint: 'Indícala una sola vez.' },
  'option-without-action': { why: '{option} acompaña a {actions}', hint: 'Mira --help.' },
  'starts-with-dash': {
    why: '«{value}» empieza por «-»',
    hint: 'Un JID nunca empieza así; un texto que lo haga va detrás de «--».',
  },
  'not-a-jid': { why: '«{value}» no es un JID', hint: 'Tiene la forma usuario@servidor.' },
  'not-a-room': {
    why: '«{value}» no es una sala',
    hint: 'Tiene la forma sala@servicio, o es un simple nombre.',
  },
  'not-a-number': { why: '{option} necesita un número entero desde 1, no «{value}»', hint: '' },
  'not-a-date': {
    why: '{option} necesita una fecha, no «{value}»',
    hint: 'Escribe 2026-11-21, 2026-11-21T14:03:00Z, 2h o 3d.',
  },
  'not-a-choice': { why: '{option} no puede ser «{value}»', hint: 'Valores posibles: {choices}.' },
  'not-a-word': { why: '{option} tiene que ser una sola línea de texto', hint: '' },
  'missing-parameter': { why: 'falta {option}', hint: 'Mira --help.' },
  'missing-text': {
    why: 'no hay texto que enviar',
    hint: 'Escríbelo detrás del JID, o pásalo por la entrada estándar.',
  },
  'text-too-long': { why: 'el texto ocupa más de {limit}', hint: 'Envíalo con --send-file.' },
  'not-utf8': {
    why: 'lo que llega por la entrada estándar no es texto UTF-8',
    hint: 'Envíalo con --send-file.',
  },
  'missing-password': {
    why: 'falta la contraseña, y no hay terminal donde pedirla',
    hint: 'Usa --password-file, --password-stdin o XMPP_PASSWORD.',
  },
  'missing-new-password': {
    why: 'falta la contraseña nueva, y no hay terminal donde pedirla',
    hint: 'Usa --new-password-file, XMPP_NEW_PASSWORD o una segunda línea con --password-stdin.',
  },
  'empty-password': { why: 'la contraseña está vacía', hint: 'Indica una de al menos un carácter.' },
  'passwords-differ': { why: 'las dos contraseñas no coinciden', hint: 'Inténtalo otra vez.' },
  'missing-account': { why: 'falta la cuenta', hint: 'Indícala con -j <jid>, o con XMPP_JID.' },
  'needs-yes': { why: 'esto no se puede deshacer', hint: 'Añade --yes si es lo que quieres.' },
};

const unknown: typeof en.groups.unknown = {
  condition: { why: 'la respuesta ha sido «{condition}»', hint: '' },
  unexpected: { why: '{text}', hint: 'Repítelo con --debug <fichero> e infórmanos con ese fichero.' },
};

export const errors: typeof en = {
  program: 'xmpp-chat',
  what,
  groups: { ...errorsOfProtocol, chat, storage, config, files, usage, unknown },
  warnings: {
    'readable-by-others': '{path} contiene una contraseña y otros pueden leerlo. Ejecuta: chmod 600 {path}',
    'unknown-name': '{path}: no existe {name}. ¿Querías decir {nearest}?',
    'not-taken': '{path}: no se tiene en cuenta {name}, porque es de otra cuenta.',
    unreadable: '{path} no se puede leer y no se tiene en cuenta.',
  },
  quoted: (why, text) => `${why} («${text}»)`,
  didYouMean: (option) => `¿Querías decir ${option}? `,
};

/** Lo que encuentra `--doctor`, y qué hacer. */
import type { doctor as english } from '../en/doctor.ts';

const certificate: (typeof english)['texts']['certificate'] = (of) =>
  `${of.subject}, emitido por ${of.issuer}, del ${of.from} al ${of.until} (días que quedan: ${of.days}), para ${of.names || 'ningún nombre'}`;

const issuer = 'el servidor no envía el certificado de quien lo emite, o aquí no se confía en su autoridad';

export const doctor: typeof english = {
  checking: (domain) => `Comprobando el camino hasta ${domain} …`,
  states: { ok: 'bien', warn: 'aviso', fail: 'fallo' },
  try: 'qué hacer:',
  checks: {
    dns: 'DNS',
    address: 'dirección',
    tcp: 'TCP',
    tls: 'TLS',
    certificate: 'certificado',
    stream: 'flujo',
    sasl: 'modos de entrar',
    'channel-binding': 'enlace al canal',
    registration: 'registro',
    features: 'características',
    'log-in': 'sesión',
    archive: 'archivo',
    carbons: 'copias',
    'stream-management': 'acuses de recibo',
    blocking: 'lista de bloqueo',
    upload: 'subida de ficheros',
    proxy: 'proxy de ficheros',
    rooms: 'salas',
  },
  andMore: (list, count) => `${list}, … y ${count} más`,
  texts: {
    'service-given': () => 'el servidor está indicado, no se pregunta a DNS por él',
    'not-asked': () => 'este ordenador, o una dirección: DNS no tiene registros para eso',
    'srv-found': ({ name, targets }) => `${name}: ${targets}`,
    'srv-none': ({ name }) => `no hay ${name}`,
    'srv-missing': ({ name, target }) => `no hay ${name}; se prueba ${target}`,
    'srv-refused': ({ name }) => `${name} dice que no hay tal servicio`,
    'srv-failed': ({ name, code }) => `sin respuesta a ${name} (${code})`,
    'left-out': ({ count }) => `se nombran más servidores que no se prueban: ${count}`,
    addresses: ({ addresses }) => addresses,
    connected: ({ milliseconds }) => `conectado en ${milliseconds} ms`,
    encrypted: ({ how, version, cipher }) =>
      `${version}, ${cipher}, ${how === 'direct' ? 'desde el primer byte' : 'por STARTTLS'}`,
    certificate,
    'certificate-ending': certificate,
    'certificate-bad': (values) => `${values.why}: ${certificate(values)}`,
    mechanisms: ({ offered, chosen }) => `${chosen} de ${offered}`,
    'plain-only': ({ offered }) => `${offered}: el servidor llega a leer la contraseña, dentro de TLS`,
    'no-mechanism': ({ offered }) => `ninguno bastante seguro de ${offered || 'ninguno'}`,
    'binding-used': ({ types }) => `en uso (${types}): nadie en medio puede hacerse pasar por el servidor`,
    'binding-unusable': ({ types }) =>
      `se ofrece, sin ningún tipo que se conozca aquí (${types || 'no se nombra ninguno'})`,
    'binding-none': () => 'no se ofrece',
    'registration-open': () => 'se ofrece: el menú 2 o --register pide una cuenta',
    'registration-closed': () => 'no se ofrece aquí',
    features: ({ features }) => features || 'ninguna',
    'logged-in': ({ mechanism, milliseconds }) => `sesión iniciada con ${mechanism} en ${milliseconds} ms`,
    offered: () => 'sí',
    service: ({ jid }) => jid,
    'upload-limit': ({ jid, size }) => `${jid}, ficheros de hasta ${size}`,
    'proxy-at': ({ jid, at }) => `${jid} en ${at}`,
    missing: () => 'el servidor no lo tiene',
    failed: ({ why }) => why,
  },
  hints: {
    'srv-missing':
      'Quien lleva el servidor puede publicar registros SRV (RFC 6120 §3.2) para que se encuentre esté donde esté.',
    'srv-refused': 'Comprueba el nombre, o indica --service.',
    'srv-failed': 'Comprueba la conexión de red, o indica --service.',
    'left-out': 'Indica uno con --service para comprobarlo.',
    'certificate-ending': 'Avisa a quien administra el servidor de que hay que renovarlo.',
    'plain-only': 'Pide SCRAM a quien administra el servidor.',
    'no-mechanism': 'Pide SCRAM a quien administra el servidor.',
  },
  missing: {
    archive:
      'Los mensajes están en un solo dispositivo, y lo que llega cuando no hay nadie puede perderse. Pide XEP-0313.',
    carbons: 'Tus otros dispositivos no ven lo que se dice aquí. Pide XEP-0280.',
    'stream-management':
      'Lo que se envía mientras se corta la conexión puede llegar dos veces. Pide XEP-0198.',
    blocking: 'No se puede bloquear a nadie. Pide XEP-0191.',
    upload: 'Los ficheros llegan solo a quien está en línea. Pide XEP-0363.',
    proxy: 'Los ficheros entre dos redes van despacio, dentro del flujo. Pide XEP-0065.',
    rooms: 'Las salas de otros servidores funcionan: sala@servicio.',
  },
  chains: {
    DEPTH_ZERO_SELF_SIGNED_CERT: 'responde por sí mismo, y nadie más por él',
    SELF_SIGNED_CERT_IN_CHAIN: 'en este ordenador no se confía en su autoridad',
    UNABLE_TO_GET_ISSUER_CERT: issuer,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: issuer,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: issuer,
    CERT_SIGNATURE_FAILURE: 'su firma es falsa',
    CERT_REVOKED: 'su autoridad lo ha revocado',
    INVALID_PURPOSE: 'no es para servidores',
  },
};

/** Rellenar un formulario de un servidor, una sala o un servicio. */

import type { forms as english } from '../en/forms.ts';
import { plurals } from '../plurals.ts';

const n = plurals('es');

export const forms: typeof english = {
  title: 'El formulario',
  submit: 'Enviar',
  cancel: 'Cancelar, no se envía nada',
  cancelled: 'El formulario no se ha enviado.',
  optional: (label) => `${label} (opcional)`,
  needed: 'obligatorio',
  empty: '–',
  hidden: '••••',
  lines: 'Uno por línea: Alt-Intro (o Ctrl-J) empieza otra.',
  link: (url) => `Para verlo: ${url}`,
  saved: (path) => `Para ver, guardado como: ${path}`,
  web: (url) => `Lo mismo en la web: ${url}`,
  another: 'Otro valor …',
  anotherValue: (label) => `${label}, otro valor`,
  change: 'Cambiarlo',
  clear: 'Quitarlo',
  done: 'Listo',
  wrong: (label, why) => `${label}: ${why}`,
  faults: {
    missing: () => 'necesita un valor.',
    'not-an-option': () => 'solo admite uno de la lista.',
    'not-a-jid': () => 'solo admite JID (nombre@servidor).',
    'not-a-number': () => 'tiene que ser un número.',
    'not-a-date': () => 'tiene que ser una fecha u hora (2026-11-21, 14:03:00, 2026-11-21T14:03:00Z).',
    'out-of-range': (min, max) =>
      min === '' ? `como mucho ${max}.` : max === '' ? `al menos ${min}.` : `de ${min} a ${max}.`,
    'wrong-count': (min, max) =>
      min === ''
        ? `como mucho ${n(Number(max), { one: 'opción', other: 'opciones' })}.`
        : max === ''
          ? `al menos ${n(Number(min), { one: 'opción', other: 'opciones' })}.`
          : `de ${min} a ${max} opciones.`,
    'wrong-pattern': (_min, _max, pattern) => `tiene que casar con ${pattern}`,
  },
};

/** Las palabras de las preguntas: teclas, respuestas, quejas. */
import type { prompts as en } from '../en/prompts.ts';

export const prompts: typeof en = {
  yes: 'sí',
  no: 'no',
  yesKeys: ['s', 'sí', 'si'],
  noKeys: ['n', 'no'],
  menuHint: 'número, letra, o flechas e Intro',
  menuHintBack: 'número, letra, o flechas e Intro · Esc para volver',
  menuPartial: (name) => `Intro: ${name} · u otra cifra`,
  textHint: 'Intro para responder · Esc para volver',
  passwordHint: 'lo que escribes no se muestra',
  optional: 'opcional',
  empty: 'Escribe un valor, por favor.',
  noSuchChoice: (text) => `No existe la opción «${text}».`,
  tooLong: 'Es demasiado largo.',
  notANumber: 'Escribe un número entero, por favor.',
  notAJid: (text) => `«${text}» no es un JID: tiene la forma usuario@servidor.`,
  notADate: (text) => `«${text}» no es una fecha: escribe 2026-11-21, 2h o 3d.`,
  page: (now, of) => `página ${now} de ${of}`,
  moreAbove: '↑ más',
  moreBelow: '↓ más',
  answered: (label) => label,
  interrupted: 'Interrumpido.',
  pasted: (lines) => `${lines} líneas pegadas`,
};

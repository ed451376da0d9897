/** Sending a file, with how far it is and the offer to cancel. */
import type { FileTransfer } from '../../chat/events.ts';
import { fileWaits } from '../file-waits.ts';
import { actionNamed, runAction } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { askPath } from './ask.ts';
import type { Screen } from './main.ts';
import { choosePerson } from './person.ts';
import { sayCommandLine } from './run.ts';
import { whileWorking } from './working.ts';

export const sendFile: Screen = async (app, seat) => {
  const { sendFile: labels } = app.words.menus;
  const path = await askPath(app, labels.path, seat.client.files.lastFolder);
  if (path === undefined) return undefined;
  const to = await choosePerson(app, seat, { message: labels.to, full: true });
  if (to === undefined) return undefined;
  const whenOnline = await fileWaits(app, seat, to);
  if (whenOnline === undefined) return undefined;
  const input = { path, to, whenOnline };
  const action = actionNamed(app, 'send-file');
  let now: FileTransfer | undefined;
  const redraws = new Set<() => void>();
  const progress = (file: FileTransfer) => {
    now = file;
    for (const redraw of redraws) redraw();
  };
  await whileWorking(
    app,
    {
      message: `${labels.title}: ${sanitize(path)} → ${sanitize(to)}`,
      progress: () => (now === undefined ? '' : progressText(app, now)),
      subscribe(redraw) {
        redraws.add(redraw);
        return () => redraws.delete(redraw);
      },
    },
    (signal) => runAction(app, seat, action, input, { signal, progress }),
  );
  sayCommandLine(app, seat, action, input);
  return undefined;
};

/** `photo.jpg: 42 % (1 MB of 2 MB)`. */
function progressText({ words, render }: MenuApp, file: FileTransfer): string {
  const { sendFile: labels } = words.menus;
  const name = sanitize(file.name);
  if (file.size === undefined) return labels.progressUnknown(name, render.size(file.sent));
  const share = file.size === 0 ? 1 : file.sent / file.size;
  const percent = new Intl.NumberFormat(words.language, { style: 'percent' }).format(share);
  return labels.progress(name, percent, render.size(file.sent), render.size(file.size));
}

#!/usr/bin/env node
// The launcher: plain JavaScript without static imports, so that an old Node can still read it and say so.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`xmpp-chat needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  const program = new URL('../dist/main.js', import.meta.url);
  import(program.href).catch((error) => {
    // dist/main.js reads the rest of the build as files.
    const unread = error.code === 'ENOENT' && /[\\/]dist[\\/][^\\/]+\.cjs$/.test(error.path);
    if (error.code !== 'ERR_MODULE_NOT_FOUND' && !unread) throw error;
    const built = !unread && error.url !== program.href;
    console.error(
      built
        ? 'xmpp-chat: a package is missing. Run: npm install'
        : 'xmpp-chat is not built yet. Run: npm install && npm run build',
    );
    process.exitCode = 1;
  });
}

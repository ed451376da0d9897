#!/usr/bin/env node
// The launcher: plain JavaScript without static imports, so that an old Node can still read it and say so.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`xmpp-chat needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  const program = new URL('../dist/main.js', import.meta.url);
  import(program.href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const built = error.url !== program.href;
    console.error(
      built
        ? 'xmpp-chat: a package is missing. Run: npm install'
        : 'xmpp-chat is not built yet. Run: npm install && npm run build',
    );
    process.exitCode = 1;
  });
}

/**
 * The direction of imports: main → app → ui → actions → chat → xmpp; storage → chat (types only); ui → i18n.
 * The composition root (app.ts, app/) may know every room. One importer per library.
 */

/** Forbids imports of `to` from `from`, except where `pathNot` of either says otherwise. */
function never(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

/** Only files matching `allowed` may import the npm package(s) matching `library`. */
function only(name, library, allowed) {
  return never(
    name,
    `one importer per library: ${allowed}`,
    { path: '^src/', pathNot: allowed },
    { path: `(^|/)node_modules/${library}(/|$)|^${library}(/|$)` },
  );
}

export default {
  forbidden: [
    never(
      'no-circles',
      'a circle of imports has no bottom storey; one of types alone is gone when it runs',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    never(
      'nothing-unresolved',
      'an import that leads nowhere hides from every other rule',
      {},
      { couldNotResolve: true },
    ),
    never(
      'xmpp-alone',
      'the protocol knows nothing of ours',
      { path: '^src/xmpp/' },
      { path: '^src/(?!xmpp/)' },
    ),
    never(
      'chat-below',
      'the domain knows the protocol only',
      { path: '^src/chat/' },
      { path: '^src/(?!(chat|xmpp)/)' },
    ),
    never(
      'actions-without-faces',
      'actions know the domain (and its words for a JID), never a face',
      { path: '^src/actions/' },
      { path: '^src/(?!(actions|chat|xmpp)/)' },
    ),
    never(
      'ui-without-rooms-below',
      'the terminal asks the actions and the domain, never the protocol or the database',
      { path: '^src/ui/' },
      { path: '^src/(xmpp|storage|app|demo|main)([./]|$)' },
    ),
    never(
      'storage-types-only',
      'storage implements the interfaces of chat, and runs none of its code',
      { path: '^src/storage/' },
      { path: '^src/(?!(storage|chat|xmpp)/)' },
    ),
    never(
      'storage-runs-nothing-of-chat',
      'types only',
      { path: '^src/storage/' },
      { path: '^src/(chat|xmpp)/', dependencyTypesNot: ['type-only'] },
    ),
    never('i18n-alone', 'words know nothing', { path: '^src/i18n/' }, { path: '^src/(?!i18n/)' }),
    never(
      'config-alone',
      'settings know nothing',
      { path: '^src/config/' },
      { path: '^src/(?!(config|xmpp/jid)[/.])' },
    ),
    never(
      'app-on-top',
      'only main starts the app',
      { path: '^src/(?!main\\.ts|app)' },
      { path: '^src/(main\\.ts|app[./])' },
    ),
    never('main-is-not-imported', 'main is the entry', { path: '^src/' }, { path: '^src/main\\.ts$' }),

    only('xmpp-library', '@xmpp', '^src/xmpp/session/'),
    only('inquirer-library', '(inquirer|@inquirer)', '^src/ui/(prompts|menu|conversation)([./-]|$)'),
    only('chalk-library', 'chalk', '^src/ui/theme\\.ts$'),
    only('commander-library', 'commander', '^src/ui/cli([./-]|$)'),
    only('sqlite-driver', '@photostructure/sqlite', '^src/storage/database\\.ts$'),
    only('sqlite-of-node', '(node:)?sqlite', '^src/storage/database\\.ts$'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};

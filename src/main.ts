import about from '../package.json' with { type: 'json' };

if (process.argv.includes('--version')) process.stdout.write(`${about.version}\n`);

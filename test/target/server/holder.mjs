// Starts a throwaway server, prints where it is, and never stops it. Run by supervisor.test.ts, which kills it.
const { chooseInstallation, findInstallations, startServer } = await import('../../../dist/target/index.js');

const server = await startServer(chooseInstallation(await findInstallations()), {
  encoding: 'UTF8',
  lc_collate: 'C',
  lc_ctype: 'C',
  locale_provider: 'c',
  locale: null,
});
if (process.argv[2] === 'throw') throw new Error('as asked');
if (process.argv[2] === 'exit') process.exit(3);
console.log(server.url('postgres'));
// With `forget` nothing is left to do, and the server must not keep the process alive.
if (process.argv[2] !== 'forget') setInterval(() => undefined, 60_000);

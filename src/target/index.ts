/**
 * The database regress writes to: which one it is, when it is refused, and how the schema of the branch gets into it.
 * Nothing here restores or plans.
 */
export { chooseTarget } from './choose.ts';
export { runCommand } from './command.ts';
export { prepareTarget } from './prepare.ts';
export { refuseTarget } from './refuse.ts';
export { refuseCommands } from './refuse-commands.ts';
export { createRunDatabase } from './run-database.ts';
export { createServerObjects } from './server-objects.ts';
export { withheldVariables } from './withheld.ts';

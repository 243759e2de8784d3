/**
 * The database regress writes to: choosing it, refusing it, building the schema of the branch in it, and the throwaway
 * server for it. This folder neither restores nor plans.
 */
export { chooseTarget } from './choose.ts';
export { runCommand } from './command.ts';
export { prepareTarget } from './prepare.ts';
export { refuseTarget } from './refuse.ts';
export { refuseCommands } from './refuse-commands.ts';
export { createRunDatabase } from './run-database.ts';
export { dockerfileFor } from './server/dockerfile.ts';
export { buildExtension, extensionFolder, installExtension } from './server/extension.ts';
export { chooseHeaders, chooseInstallation, findInstallations, type Installation } from './server/installation.ts';
export { startServer } from './server/throwaway.ts';
export { createServerObjects } from './server-objects.ts';
export { withheldVariables } from './withheld.ts';

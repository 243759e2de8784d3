/** Finding PostgreSQL on this machine, building the extension, and throwaway servers. Says nothing to a server itself. */
export { dockerfileFor } from './dockerfile.ts';
export { buildExtension, extensionFolder, installExtension } from './extension.ts';
export { chooseHeaders, chooseInstallation, findInstallations, type Installation } from './installation.ts';
export { startServer } from './throwaway.ts';
